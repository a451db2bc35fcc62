using System.Diagnostics;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Storage;

/// <summary>
/// A cached block in use: it stays in memory until the lease is disposed. Or the error that stands in its place: look at
/// <see cref="Error"/> before anything else. <c>using BlockLease lease = cache.Read(block);</c>
/// </summary>
public readonly ref struct BlockLease
{
    private readonly BlockCache? cache;
    private readonly int slot;

    internal BlockLease(BlockCache cache, int slot)
    {
        this.cache = cache;
        this.slot = slot;
    }

    /// <summary>No block, and why.</summary>
    public BlockLease(Errno error) => Error = error;

    /// <summary>Why there is no block, or None.</summary>
    public Errno Error { get; }

    /// <summary>The block's content. What is written here reaches the device only after <see cref="MarkDirty"/>.</summary>
    public Span<byte> Bytes => Cache.BytesOf(slot);

    /// <summary>Which block it is.</summary>
    public BlockNumber Block => Cache.BlockOf(slot);

    /// <summary>
    /// Marks of the owner's: what was proved of the content. They last until the block leaves the cache, so that a directory block is
    /// checked once and not at every lookup. The cache only keeps them; their meaning is the owner's, by kind of block.
    /// </summary>
    public byte Proofs
    {
        get => Cache.ProofsOf(slot);
        set => Cache.SetProofs(slot, value);
    }

    /// <summary>Whether the content differs from the device.</summary>
    public bool IsDirty => Cache.IsDirty(slot);

    /// <summary>Whether the content differs from the device and is to be written at this stage.</summary>
    public bool IsDirtyAt(WriteStage stage) => Cache.IsDirtyAt(slot, stage);

    internal int Slot => slot;

    private BlockCache Cache
    {
        get
        {
            Debug.Assert(cache is not null, "A failed lease has no block.");
            return cache!;
        }
    }

    /// <summary>The content was changed, or is about to be; it is written at this stage of the next write-back.</summary>
    public void MarkDirty(WriteStage stage) => Cache.MarkDirty(slot, stage);

    /// <summary>Lets the block go. Does nothing for a failed lease.</summary>
    public void Dispose() => cache?.Unpin(slot);
}
