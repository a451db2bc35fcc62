namespace Ext2Union.Ext2.Volume.Directories;

/// <summary>
/// What has been proved of a cached directory block since it was read (bits of <see cref="Storage.BlockLease.Proofs"/>). A block that served as an index
/// node must never be written as a leaf, nor the other way round, or a corrupt index would make one out of the other under a proof that no
/// longer holds.
/// </summary>
internal static class BlockProofs
{
    /// <summary>The record chain is sound.</summary>
    public const byte Chain = 1;

    /// <summary>Limit, count and order of an index block are sound.</summary>
    public const byte Index = 2;

    /// <summary>It was reached as a leaf of the index.</summary>
    public const byte Leaf = 4;
}
