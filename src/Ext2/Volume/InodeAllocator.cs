using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <summary>
/// Gives out inodes: files beside their directory, directories beside their parent as long as its group has room for their content, those of the
/// root spread over the volume (after Orlov, as the kernel's <c>find_group_orlov</c>). Guarded by the volume's lock.
/// </summary>
internal sealed class InodeAllocator(Ext2Volume volume)
{
    private uint lastSpread;

    /// <summary>Takes an inode. Errors: ENOSPC, EIO.</summary>
    public Errno Allocate(InodeNumber parent, bool isDirectory, bool spread, out InodeNumber number)
    {
        number = InodeNumber.None;
        GroupTable groups = volume.Groups;
        uint near = volume.Geometry.GroupOf(parent);
        uint first = !isDirectory ? GroupForFile(near) : spread ? GroupForSpread() : GroupForDirectory(near);
        Errno error = Errno.ENOSPC;
        for (uint step = 0; step < groups.Count; step++)
        {
            uint group = (uint)((first + (ulong)step) % (uint)groups.Count);
            if (groups[group].FreeInodes == 0 || groups[group].IsBad)
            {
                continue;
            }

            Errno tried = AllocateIn(group, isDirectory, out number);
            if (tried == Errno.None)
            {
                return Errno.None;
            }

            error = tried is Errno.ENOSPC or Errno.EUCLEAN ? error : tried;
        }

        return error;
    }

    /// <summary>Frees an inode whose record shows that it is deleted. Errors: EIO, EUCLEAN when it is free already.</summary>
    public Errno Free(InodeNumber number, bool isDirectory)
    {
        InodeLocation location = volume.Geometry.Locate(number);
        using BlockLease lease = volume.Bitmaps.Inodes(location.Group);
        if (lease.Error != Errno.None)
        {
            return lease.Error;
        }

        var bitmap = new Bitmap(lease.Bytes, (int)volume.Geometry.InodesPerGroup);
        if (!bitmap[location.Index])
        {
            return volume.Corrupt(number, lease.Block, "was in use, but its bitmap calls it free");
        }

        int directories = isDirectory && volume.Groups[location.Group].Directories > 0 ? -1 : 0;
        Errno error = volume.Groups.Add(location.Group, 0, 1, directories);
        if (error == Errno.None)
        {
            bitmap[location.Index] = false;
            lease.MarkDirty(WriteStage.Referenced);
        }

        return error;
    }

    /// <summary>Whether the bitmap calls an inode used.</summary>
    public bool IsUsed(InodeNumber number)
    {
        InodeLocation location = volume.Geometry.Locate(number);
        using BlockLease lease = volume.Bitmaps.Inodes(location.Group);
        return lease.Error == Errno.None && new Bitmap(lease.Bytes, (int)volume.Geometry.InodesPerGroup)[location.Index];
    }

    private Errno AllocateIn(uint group, bool isDirectory, out InodeNumber number)
    {
        number = InodeNumber.None;
        using BlockLease lease = volume.Bitmaps.Inodes(group);
        if (lease.Error != Errno.None)
        {
            return lease.Error;
        }

        int count = (int)volume.Geometry.InodesPerGroup;
        var bitmap = new Bitmap(lease.Bytes, count);
        long reserved = (long)volume.Geometry.FirstInode.Value - 1 - (group * (long)count);
        int index = bitmap.FirstClear((int)Math.Clamp(reserved, 0, count), count);
        if (index < 0)
        {
            return Errno.ENOSPC;
        }

        Errno error = volume.Groups.Add(group, 0, -1, isDirectory ? 1 : 0);
        if (error != Errno.None)
        {
            return error;
        }

        bitmap[index] = true;
        lease.MarkDirty(WriteStage.Referenced);
        number = volume.Geometry.InodeAt(group, index);
        return Errno.None;
    }

    // The directory's own group, then a few others by doubling steps, so that the files of a full group do not all crowd into the next one.
    private uint GroupForFile(uint near)
    {
        GroupTable groups = volume.Groups;
        uint count = (uint)groups.Count;
        uint group = near;
        for (uint step = 1; step < count; step <<= 1)
        {
            if (groups[group].FreeInodes > 0 && groups[group].FreeBlocks > 0)
            {
                return group;
            }

            group = (group + step) % count;
        }

        return near;
    }

    // Away from the other trees: the next group that has more than average free space and not more than average directories.
    private uint GroupForSpread()
    {
        GroupTable groups = volume.Groups;
        uint count = (uint)groups.Count;
        long inodes = groups.FreeInodes / count;
        long blocks = groups.FreeBlocks / count;
        long directories = groups.Directories / count;
        uint most = Math.Min(count, 256);
        for (uint step = 1; step <= most; step++)
        {
            uint group = (lastSpread + step) % count;
            ref GroupState state = ref groups[group];
            if (state.FreeInodes > 0 && state.FreeInodes >= inodes && state.FreeBlocks >= blocks && state.Directories <= directories)
            {
                lastSpread = group;
                return group;
            }
        }

        return lastSpread;
    }

    // The parent's group as long as it keeps room for what the directory will hold, else the next that does.
    private uint GroupForDirectory(uint near)
    {
        GroupTable groups = volume.Groups;
        uint count = (uint)groups.Count;
        long leastInodes = Math.Max(1, (groups.FreeInodes / count) - (volume.Geometry.InodesPerGroup / 4));
        long leastBlocks = (groups.FreeBlocks / count) - (volume.Geometry.BlocksPerGroup / 4);
        long mostDirectories = (groups.Directories / count) + (volume.Geometry.InodesPerGroup / 16);
        uint most = Math.Min(count, 256);
        for (uint step = 0; step < most; step++)
        {
            uint group = (near + step) % count;
            ref GroupState state = ref groups[group];
            if (state.FreeInodes >= leastInodes && state.FreeBlocks >= leastBlocks && state.Directories < mostDirectories)
            {
                return group;
            }
        }

        return near;
    }
}
