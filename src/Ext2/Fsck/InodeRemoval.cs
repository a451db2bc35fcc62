using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Frees an inode that nothing leads to any more, as the removal of its last name would have done: links, deletion time, blocks, attributes.</summary>
internal sealed class InodeRemoval(CheckedVolume volume, InodeFacts facts, AttributeStore attributes)
{
    private readonly BlockTree tree = new(volume);

    /// <summary>Frees it. Requires: no entry leads to it.</summary>
    public void Free(uint inode)
    {
        byte[] bytes = volume.ReadInode(inode);
        var view = new InodeView(bytes);
        bool isMapped = view.Kind is InodeKind.File or InodeKind.Directory || (view.Kind == InodeKind.Symlink && view.Raw.SizeLow >= RawInode.BlockBytes);
        OwnedBlocks? owned = isMapped ? new OwnedBlocks(volume, tree, view) : null;
        view.Raw.LinksCount = 0;
        view.Raw.DeletionTime = volume.Now;
        volume.WriteInode(inode, bytes);
        owned?.Free(facts);
        attributes.Release(view);
        facts.Statistics.Remove(view.Kind);
        facts.Inodes.Set(inode, 0, 0);
        facts.Directories.Remove(inode);
    }
}
