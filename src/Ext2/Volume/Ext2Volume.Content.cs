using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <content>Blocks of inodes: where new ones shall lie, directory blocks.</content>
public sealed partial class Ext2Volume
{
    /// <summary>
    /// Allocates blocks for an inode's content. Without a goal they lie in the inode's group, behind what was last given out there.
    /// Errors: ENOSPC, EIO.
    /// </summary>
    internal Errno AllocateContent(InodeNumber number, BlockNumber goal, uint wanted, out BlockRun run)
    {
        if (goal.IsNone)
        {
            uint group = Geometry.GroupOf(number);
            goal = Geometry.FirstBlockOf(group) + (uint)groups[group].NextBlock;
        }

        return blocks.Allocate(number, goal, wanted, out run);
    }

    /// <summary>
    /// The same, with <paramref name="ahead"/> blocks more right before the run, for the indirect blocks that lead to it; none of them where there is no room for
    /// all in one place.
    /// </summary>
    internal Errno AllocateContent(InodeNumber number, BlockNumber goal, uint wanted, ref uint ahead, out BlockRun run)
    {
        Errno error = AllocateContent(number, goal, wanted + ahead, out run);
        if (error == Errno.None && run.Count > ahead)
        {
            run = new BlockRun(run.Start + ahead, run.Count - ahead);
            return Errno.None;
        }

        if (error == Errno.None)
        {
            error = blocks.GiveBack(run.Start, run.Count);
        }

        ahead = 0;
        return error == Errno.None ? AllocateContent(number, goal, wanted, out run) : error;
    }

    /// <summary>
    /// A block of a directory. Errors (of the lease): EUCLEAN for a hole or a block outside the volume; EIO.
    /// </summary>
    internal BlockLease ReadDirectoryBlock(in InodeCore core, FileBlock at)
    {
        BlockRun run = default;
        using (InodeLease inode = ReadInode(core.Number))
        {
            Errno error = inode.Error == Errno.None ? map.Map(core.Number, inode, at, 1, out run) : inode.Error;
            if (error != Errno.None)
            {
                return new BlockLease(error);
            }
        }

        return run.IsHole ? new BlockLease(Corrupt(core.Number, BlockNumber.None, $"is a directory with a hole at block {at}")) : Cache.Read(run.Start);
    }

    /// <summary>
    /// Adds a block at the end of a directory, whose size grows with it: one free record. It is on the device before anything leads to it, so that the disk
    /// never shows a directory with a block of anything else. Errors (of the lease): ENOSPC, EFBIG, EIO; nothing changed then.
    /// </summary>
    internal BlockLease AppendDirectoryBlock(in InodeCore core, out FileBlock at)
    {
        at = default;
        using InodeLease inode = ReadInode(core.Number);
        if (inode.Error != Errno.None)
        {
            return new BlockLease(inode.Error);
        }

        long size = inode.View.Size;
        if (size + Geometry.BlockBytes > int.MaxValue)
        {
            return new BlockLease(Errno.EFBIG);
        }

        at = new FileBlock((uint)(size >> Geometry.BlockBits));
        uint wanted = 1;
        uint ahead = map.MissingIndirect(inode, at, ref wanted);
        Errno error = AllocateContent(core.Number, LastBlockBefore(core.Number, inode, at), wanted, ref ahead, out BlockRun run);
        if (error != Errno.None)
        {
            return new BlockLease(error);
        }

        BlockLease lease = Cache.Create(run.Start);
        _ = DirectoryBlock.Format(lease.Bytes, (IncompatLocked & IncompatFeatures.FileType) != 0);
        error = Cache.WriteThrough(lease);
        if (error == Errno.None)
        {
            error = map.Insert(core.Number, inode, at, run, ref ahead, out _);
        }

        if (ahead > 0)
        {
            _ = blocks.GiveBack(new BlockNumber(run.Start.Value - ahead), ahead);
        }

        if (error != Errno.None)
        {
            lease.Dispose();
            Cache.Forget(run.Start);
            _ = blocks.GiveBack(run.Start, 1);
            return new BlockLease(error);
        }

        InodeView view = inode.View;
        view.Size = size + Geometry.BlockBytes;
        inode.MarkDirty();
        return lease;
    }

    /// <summary>The place behind the last block before one of a file: where its next block goes best; none for the first.</summary>
    internal BlockNumber LastBlockBefore(InodeNumber number, in InodeLease inode, FileBlock at)
    {
        if (at.Value == 0 || map.Map(number, inode, new FileBlock(at.Value - 1), 1, out BlockRun run) != Errno.None || run.IsHole)
        {
            return BlockNumber.None;
        }

        return run.Start + 1;
    }
}
