using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <summary>
/// An inode's record in its cached table block, held until disposed; or the error in its place:
/// <c>using InodeLease inode = volume.ReadInode(number); if (inode.Error != Errno.None) return inode.Error;</c>
/// </summary>
internal readonly ref struct InodeLease
{
    private readonly BlockLease block;

    /// <summary>Takes over a block's lease.</summary>
    public InodeLease(BlockLease block, int offset, int bytes)
    {
        this.block = block;
        Error = block.Error;
        View = Error == Errno.None ? new InodeView(block.Bytes.Slice(offset, bytes)) : default;
    }

    /// <summary>A copy of a record: what is done to it stays in the copy.</summary>
    public InodeLease(Span<byte> copy)
    {
        IsCopy = true;
        View = new InodeView(copy);
    }

    /// <summary>No record.</summary>
    public InodeLease(Errno error) => Error = error;

    /// <summary>Why there is no record, or None.</summary>
    public Errno Error { get; }

    /// <summary>The record. Changes count after <see cref="MarkDirty"/>.</summary>
    public InodeView View { get; }

    /// <summary>Whether it is a copy, whose changes go nowhere.</summary>
    public bool IsCopy { get; }

    /// <summary>The first 128 bytes of the record.</summary>
    public ref RawInode Raw => ref View.Raw;

    /// <summary>The record was changed, or is about to be.</summary>
    public void MarkDirty()
    {
        if (!IsCopy)
        {
            block.MarkDirty(WriteStage.Inodes);
        }
    }

    /// <summary>Lets the block go.</summary>
    public void Dispose() => block.Dispose();
}
