using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Directories;

/// <summary>The blocks of a directory of a mounted volume. Length and index flag are kept here too: nobody else changes them.</summary>
internal sealed class Ext2DirectoryStore : DirectoryStore
{
    private readonly Ext2Volume volume;
    private readonly InodeNumber number;
    private readonly IExt2Inode owner;
    private uint blockCount;
    private bool hasIndexFlag;

    private Ext2DirectoryStore(IExt2Inode owner)
    {
        this.owner = owner;
        volume = owner.Core.Volume;
        number = owner.Core.Number;
    }

    /// <inheritdoc/>
    public override int BlockBytes => volume.Geometry.BlockBytes;

    /// <inheritdoc/>
    public override uint BlockCount => blockCount;

    /// <inheritdoc/>
    public override bool HasFileType => (volume.IncompatLocked & IncompatFeatures.FileType) != 0;

    /// <inheritdoc/>
    public override bool MayIndex => (volume.CompatLocked & CompatFeatures.DirectoryIndex) != 0;

    /// <inheritdoc/>
    public override bool HasIndexFlag => hasIndexFlag;

    /// <inheritdoc/>
    public override NameHash Hash => NameHash.Of(volume.SuperblockLocked);

    /// <summary>Opens the blocks of a directory. Errors: EIO.</summary>
    public static Errno TryOpen(IExt2Inode owner, out Ext2DirectoryStore store)
    {
        store = new Ext2DirectoryStore(owner);
        using InodeLease inode = store.volume.ReadInode(store.number);
        if (inode.Error == Errno.None)
        {
            store.blockCount = (uint)(inode.View.Size >> store.volume.Geometry.BlockBits);
            store.hasIndexFlag = (inode.View.Flags & RawInodeFlags.Indexed) != 0;
        }

        return inode.Error;
    }

    /// <inheritdoc/>
    public override Errno SetIndexFlag(bool indexed)
    {
        using InodeLease inode = volume.ReadInode(number);
        if (inode.Error == Errno.None)
        {
            InodeView view = inode.View;
            view.Flags = indexed ? view.Flags | RawInodeFlags.Indexed : view.Flags & ~RawInodeFlags.Indexed;
            inode.MarkDirty();
            hasIndexFlag = indexed;
        }

        return inode.Error;
    }

    /// <inheritdoc/>
    public override BlockLease Get(FileBlock block) =>
        block.Value < blockCount ? volume.ReadDirectoryBlock(owner.Core, block) : new BlockLease(Corrupt(block, "beyond the end"));

    /// <inheritdoc/>
    public override BlockLease Append(out FileBlock block)
    {
        BlockLease lease = volume.AppendDirectoryBlock(owner.Core, out block);
        if (lease.Error != Errno.None)
        {
            return lease;
        }

        blockCount = block.Value + 1;
        return lease;
    }

    /// <inheritdoc/>
    public override Errno Order(in BlockLease first, in BlockLease then) => volume.Cache.Order(first, then);

    /// <inheritdoc/>
    public override Errno WriteThrough(in BlockLease lease) => volume.Cache.WriteThrough(lease);

    /// <inheritdoc/>
    public override Errno Corrupt(FileBlock block, string what) => volume.Corrupt(number, BlockNumber.None, $"directory block {block}: {what}");
}
