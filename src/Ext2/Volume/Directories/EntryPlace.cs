using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.Storage;

namespace Ext2Union.Ext2.Volume.Directories;

/// <summary>
/// Where a record is, or where one can be appended. Holds its block until disposed; good until the directory is changed otherwise.
/// </summary>
internal readonly ref struct EntryPlace(BlockLease lease, FileBlock block, int offset)
{
    private readonly BlockLease lease = lease;

    /// <summary>The block's content.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public ref readonly BlockLease Lease => ref lease;

    /// <summary>Which block of the directory it is.</summary>
    public FileBlock Block { get; } = block;

    /// <summary>Offset of the record, or of the record in whose room the new one goes.</summary>
    public int Offset { get; } = offset;

    /// <summary>Lets the block go.</summary>
    public void Dispose() => lease.Dispose();
}
