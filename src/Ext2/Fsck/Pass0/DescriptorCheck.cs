using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Group descriptors: read, compared with what a group allows, taken from a backup or set anew.</summary>
internal sealed class DescriptorCheck(CheckedVolume volume, Reporter reporter)
{
    private readonly Geometry geometry = volume.Geometry;

    public void Run(bool preferBackup)
    {
        Load(0, volume.Descriptors);
        uint faults = CountFaults(volume.Descriptors);
        if (faults != 0 || preferBackup)
        {
            TakeBackup(faults, preferBackup);
        }
        for (uint group = 0; group < geometry.GroupCount; group++)
        {
            Place(group);
        }
    }

    private void TakeBackup(uint faults, bool preferBackup)
    {
        byte[] backup = new byte[volume.Descriptors.Length];
        for (uint group = 1; group < geometry.GroupCount; group++)
        {
            if (geometry.HasMetaGroups || !geometry.HasSuperblock(group))
            {
                continue;
            }
            Load(group, backup);
            uint left = CountFaults(backup);
            if (left < faults || (preferBackup && left == 0))
            {
                if (left == 0 && faults == 0)
                {
                    return;
                }
                if (reporter.Raise(SuperblockProblems.BackupDescriptors, new Place { Block = geometry.FirstBlockOf(group).Value + 1 }))
                {
                    backup.CopyTo(volume.Descriptors, 0);
                    volume.IsHeaderChanged = true;
                }
                return;
            }
        }
    }

    private void Load(uint group, byte[] into)
    {
        for (uint index = 0; index < geometry.DescriptorBlocks; index++)
        {
            BlockNumber block = group == 0 ? geometry.DescriptorBlock(index) : geometry.DescriptorBackup(group, index);
            volume.Store.Read(block.Value, into.AsSpan((int)index * geometry.BlockBytes, geometry.BlockBytes));
        }
    }

    private uint CountFaults(byte[] descriptors)
    {
        uint faults = 0;
        for (uint group = 0; group < geometry.GroupCount; group++)
        {
            ref GroupDescriptor descriptor = ref Overlay.Descriptor(descriptors, (int)group);
            faults += IsSound(group, descriptor) ? 0u : 1;
        }
        return faults;
    }

    private bool IsSound(uint group, in GroupDescriptor descriptor) =>
        Fits(group, descriptor.BlockBitmap, 1) && Fits(group, descriptor.InodeBitmap, 1)
        && Fits(group, descriptor.InodeTable, geometry.InodeTableBlocks) && descriptor.BlockBitmap != descriptor.InodeBitmap
        && descriptor.BlockBitmap - descriptor.InodeTable >= geometry.InodeTableBlocks
        && descriptor.InodeBitmap - descriptor.InodeTable >= geometry.InodeTableBlocks;

    // Within the group and behind its header. (Groups that lend each other room, flex_bg, are ext4.)
    private bool Fits(uint group, uint block, uint count)
    {
        uint first = geometry.FirstBlockOf(group).Value;
        return block >= first + geometry.HeaderBlocks(group) && (long)block + count <= first + geometry.BlocksIn(group);
    }

    // What is damaged goes where mke2fs would have put it. Both bitmaps are written by pass 5, so their old content does not matter.
    private void Place(uint group)
    {
        ref GroupDescriptor descriptor = ref volume.Descriptor(group);
        uint start = geometry.FirstBlockOf(group).Value + geometry.HeaderBlocks(group);
        uint tableBlocks = geometry.InodeTableBlocks;
        if (!Fits(group, descriptor.InodeTable, tableBlocks)
            && reporter.Raise(SuperblockProblems.InodeTablePlace, new Place { Group = group, Block = descriptor.InodeTable }))
        {
            descriptor.InodeTable = start + 2;
            volume.IsHeaderChanged = true;
        }
        if (!Fits(group, descriptor.InodeTable, tableBlocks))
        {
            // Refused: nothing can be read from there.
            reporter.SayOfVolume($"the inode table of group {group} is not where it can be; nothing more can be checked.");
            throw new CheckStopped(StopReason.NotCheckable);
        }
        uint table = descriptor.InodeTable;
        if (!Fits(group, descriptor.BlockBitmap, 1) || descriptor.BlockBitmap - table < tableBlocks)
        {
            if (reporter.Raise(SuperblockProblems.BlockBitmapPlace, new Place { Group = group, Block = descriptor.BlockBitmap }))
            {
                descriptor.BlockBitmap = Free(group, start, table, descriptor.InodeBitmap);
                volume.IsHeaderChanged = true;
            }
        }
        if (!Fits(group, descriptor.InodeBitmap, 1) || descriptor.InodeBitmap - table < tableBlocks
            || descriptor.InodeBitmap == descriptor.BlockBitmap)
        {
            if (reporter.Raise(SuperblockProblems.InodeBitmapPlace, new Place { Group = group, Block = descriptor.InodeBitmap }))
            {
                descriptor.InodeBitmap = Free(group, start, table, descriptor.BlockBitmap);
                volume.IsHeaderChanged = true;
            }
        }
    }

    // A block that no structure of the group has; a file that lies there is given a copy by pass 1b.
    private uint Free(uint group, uint start, uint table, uint other)
    {
        for (uint block = start; Fits(group, block, 1); block++)
        {
            if (block - table >= geometry.InodeTableBlocks && block != other)
            {
                return block;
            }
        }
        return start;
    }
}
