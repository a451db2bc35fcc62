using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Where the inodes for files begin. A number that is too high makes reserved ones of files, and pass 1 clears what reserved inodes hold; so it is believed only where
/// none of those behind the first of mke2fs, which is lost+found's, is a directory.
/// </summary>
internal sealed class FirstInodeCheck(CheckedVolume volume, Reporter reporter)
{
    private const uint Usual = 11;
    // Of files the first are looked at: a number that is believed wrongly costs some of them, one that costs time to disbelieve would cost it on every volume that has it.
    private const uint MostLookedAt = 1024;

    /// <summary>Checks. Leaves with <see cref="StopReason.Again"/> when the number was changed: the volume's measures are made with it.</summary>
    public void Run()
    {
        uint stored = volume.FirstInode;
        if (volume.Superblock.Revision == 0 || stored <= Usual || volume.Geometry.InodeCount < Usual || FindDirectory(stored) is not (var found and not 0)
            || !reporter.Raise(SuperblockProblems.FirstInode, new Place { Inode = found, Found = stored, Expected = Usual }))
        {
            return;
        }
        volume.Superblock.FirstInode = Usual;
        new VolumeEnding(volume).WriteHeader();
        throw new CheckStopped(StopReason.Again);
    }

    // 0: none.
    private uint FindDirectory(uint end)
    {
        uint last = Math.Min(Math.Min(end - 1, volume.Geometry.InodeCount), Usual + MostLookedAt);
        for (uint inode = Usual; inode <= last; inode++)
        {
            if (IsDirectory(inode))
            {
                return inode;
            }
        }
        return 0;
    }

    private bool IsDirectory(uint inode)
    {
        var view = new InodeView(volume.ReadInode(inode));
        uint first = view.Raw.Block[0];
        if (view.Kind != InodeKind.Directory || view.Raw.LinksCount < 2 || !volume.IsLegal(first) || volume.IsMetadata(first))
        {
            return false;
        }
        byte[] block = new byte[volume.BlockBytes];
        volume.Store.Read(first, block);
        return DirectoryLook.IsFirstBlock(block, inode);
    }
}
