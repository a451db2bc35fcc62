using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Where the inodes for files begin. A number that is too high makes reserved ones of files, and pass 1 clears what reserved inodes hold; so it is believed only where
/// the first inode of mke2fs, which is lost+found's, is no directory.
/// </summary>
internal sealed class FirstInodeCheck(CheckedVolume volume, Reporter reporter)
{
    private const uint Usual = 11;

    /// <summary>Checks. Leaves with <see cref="StopReason.Again"/> when the number was changed: the volume's measures are made with it.</summary>
    public void Run()
    {
        uint stored = volume.FirstInode;
        if (volume.Superblock.Revision == 0 || stored <= Usual || volume.Geometry.InodeCount < Usual || !IsDirectory()
            || !reporter.Raise(SuperblockProblems.FirstInode, new Place { Found = stored, Expected = Usual }))
        {
            return;
        }
        volume.Superblock.FirstInode = Usual;
        new VolumeEnding(volume).WriteHeader();
        throw new CheckStopped(StopReason.Again);
    }

    private bool IsDirectory()
    {
        var view = new InodeView(volume.ReadInode(Usual));
        uint first = view.Raw.Block[0];
        if (view.Kind != InodeKind.Directory || view.Raw.LinksCount < 2 || !volume.IsLegal(first) || volume.IsMetadata(first))
        {
            return false;
        }
        byte[] block = new byte[volume.BlockBytes];
        volume.Store.Read(first, block);
        return DirectoryLook.IsFirstBlock(block, Usual);
    }
}
