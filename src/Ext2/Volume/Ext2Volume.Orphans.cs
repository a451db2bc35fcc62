using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <content>
/// Ends of inodes. The list of orphans runs from the superblock (s_last_orphan) through i_dtime, newest first; memory keeps it too, so that an
/// orphan from the middle is found.
/// </content>
public sealed partial class Ext2Volume
{
    // On the disk from the next commit on: the inode is nameless and its record may say so.
    private Errno AddOrphan(IExt2Inode inode)
    {
        ref InodeCore core = ref inode.Core;
        using InodeLease record = ReadInode(core.Number);
        if (record.Error != Errno.None)
        {
            return record.Error;
        }

        record.Raw.LinksCount = 0;
        record.Raw.DeletionTime = superblock.LastOrphan;
        record.MarkDirty();
        SetLastOrphan(core.Number);
        orphans.Add(core.Number);
        core.States = (core.States & ~InodeStates.Unlinked) | InodeStates.Orphan;
        return Errno.None;
    }

    private Errno RemoveOrphan(IExt2Inode inode)
    {
        Errno error = UnlinkOrphan(inode.Core.Number);
        if (error == Errno.None)
        {
            inode.Core.States &= ~InodeStates.Orphan;
        }

        return error;
    }

    private Errno UnlinkOrphan(InodeNumber number)
    {
        int place = orphans.LastIndexOf(number);
        if (place < 0)
        {
            return Errno.None;
        }

        using InodeLease record = ReadInode(number);
        if (record.Error != Errno.None)
        {
            return record.Error;
        }

        uint next = record.Raw.DeletionTime;
        if (place == orphans.Count - 1)
        {
            SetLastOrphan(new InodeNumber(next));
        }
        else
        {
            using InodeLease newer = ReadInode(orphans[place + 1]);
            if (newer.Error != Errno.None)
            {
                return newer.Error;
            }

            newer.Raw.DeletionTime = next;
            newer.MarkDirty();
        }

        record.Raw.DeletionTime = 0;
        record.MarkDirty();
        orphans.RemoveAt(place);
        return Errno.None;
    }

    // The last reference to a nameless inode is gone: its blocks are free from now on, its record and number with the next commit.
    private void FreeNameless(IExt2Inode inode)
    {
        InodeNumber number = inode.Core.Number;
        blocks.EndWindow(number);
        Errno error = FreeContent(number);
        if (error != Errno.None)
        {
            options.Log.Report($"{device.Name}: inode {number}: its blocks could not all be freed ({error}); run fsck.ext2u on it");
        }

        _ = doomed.Add(number.Value);

        // A file that was simply unlinked may be dead on the disk before its name is gone: a name that leads to a dead inode is one that fsck removes,
        // and a kill after a large rm -r does not fill lost+found. A directory may hold names that were moved out of it and are not written yet.
        bool waits = (inode.Core.States & (InodeStates.Orphan | InodeStates.Replaced)) != 0 || inode is DirectoryInode;
        if (!waits)
        {
            using InodeLease record = ReadInode(number);
            if (record.Error == Errno.None)
            {
                MarkDead(record);
            }
        }
    }

    private void MarkDead(in InodeLease record)
    {
        record.Raw.LinksCount = 0;
        record.Raw.DeletionTime = (uint)Math.Max(1, Now.Seconds);
        record.Raw.SizeLow = 0;
        record.Raw.SizeHigh = 0;
        record.Raw.Blocks512 = 0;
        record.Raw.FileAcl = 0;
        record.View.BlockBytes.Clear();
        record.MarkDirty();
    }

    // At the end of a mount: whoever still held a nameless inode has no further call.
    private void EndNameless()
    {
        unlinked.AddRange(orphans);
        foreach (InodeNumber number in unlinked)
        {
            if (table.Find(number) is { } inode && inode.Core.IsNameless)
            {
                _ = table.Remove(inode);
                inode.Core.States |= InodeStates.Gone;
                FreeNameless(inode);
            }
        }
    }

    // Ends an inode for good: no name, no reference, and what the disk shows of its names is gone.
    private Errno EndInode(InodeNumber number)
    {
        Errno error = UnlinkOrphan(number);
        if (error != Errno.None)
        {
            return error;
        }

        bool isDirectory;
        using (InodeLease record = ReadInode(number))
        {
            if (record.Error != Errno.None)
            {
                return record.Error;
            }

            isDirectory = record.View.Kind == InodeKind.Directory;
            MarkDead(record);
        }

        return inodes.Free(number, isDirectory);
    }

    // Frees blocks, but leaves the record and the indirect blocks as they are: until the next commit has written the directories they must lead from an
    // old name to its old content.
    private Errno FreeContent(InodeNumber number)
    {
        Span<byte> bytes = stackalloc byte[RawInode.Bytes];
        using (InodeLease record = ReadInode(number))
        {
            if (record.Error != Errno.None)
            {
                return record.Error;
            }

            record.View.Bytes[..RawInode.Bytes].CopyTo(bytes);
        }

        var copy = new InodeLease(bytes);
        Errno error = Xattrs.Release(number, copy);
        return copy.View.IsFastSymlink(Geometry.BlockBytes) || copy.View.Kind is not (InodeKind.File or InodeKind.Directory or InodeKind.Symlink)
            ? error
            : First(error, map.FreeRange(number, copy, 0, ulong.MaxValue));
    }

    // What a crash left on the list (kernel ext4_orphan_cleanup): the nameless are freed; one that has a name again is only taken off.
    private Errno FreeOrphans()
    {
        uint next = superblock.LastOrphan;
        if (next == 0)
        {
            return Errno.None;
        }

        if ((stateAtMount & SuperblockState.Errors) == 0)
        {
            Errno error = WalkOrphans(next);
            if (error != Errno.None)
            {
                return error;
            }
        }

        SetLastOrphan(InodeNumber.None);
        return CommitLocked();
    }

    private Errno WalkOrphans(uint next)
    {
        while (next != 0)
        {
            var number = new InodeNumber(next);
            if (number.Value < Geometry.FirstInode.Value || !Geometry.IsInode(number) || !inodes.IsUsed(number))
            {
                _ = Corrupt(number, BlockNumber.None, "is on the list of orphans, but it is free or reserved");
                return Errno.None;
            }

            using InodeLease record = ReadInode(number);
            if (record.Error != Errno.None)
            {
                return record.Error;
            }

            next = record.Raw.DeletionTime;
            Errno error = Errno.None;
            if (record.Raw.LinksCount == 0)
            {
                _ = FreeContent(number);
                error = EndInode(number);
            }
            else
            {
                record.Raw.DeletionTime = 0;
                record.MarkDirty();
            }

            if (error != Errno.None)
            {
                return error;
            }
        }

        return Errno.None;
    }
}
