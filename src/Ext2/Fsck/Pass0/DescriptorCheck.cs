using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Group descriptors: read, compared with what a group allows, taken from a backup or set anew.</summary>
internal sealed class DescriptorCheck(CheckedVolume volume, Reporter reporter)
{
    // EXT4_BG_INODE_UNINIT, EXT4_BG_BLOCK_UNINIT.
    private const ushort UninitializedFlags = 3;
    // Without sparse_super each group has one, and each is as long as the volume has groups: to read all would never end on a large volume.
    private const int MostBackups = 8;
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
            PlaceTable(group);
            CheckTable(group);
            PlaceBitmaps(group);
            ref GroupDescriptor descriptor = ref volume.Descriptor(group);
            bool isMarked = (descriptor.Flags & UninitializedFlags) != 0 || descriptor.UnusedInodesCount != 0;
            if (isMarked && reporter.Raise(SuperblockProblems.GroupFlags, new Place { Group = group }))
            {
                descriptor.Flags = 0;
                descriptor.UnusedInodesCount = 0;
                volume.IsHeaderChanged = true;
            }
        }
    }

    /// <summary>Whether a copy of the descriptors, the first or one of the first backups, fits the volume's measures and leads to a table that has a root.</summary>
    public bool HasSoundCopy()
    {
        byte[] copy = new byte[volume.Descriptors.Length];
        foreach (uint group in Backups().Prepend(0u))
        {
            Load(group, copy);
            if (CountFaults(copy) == 0)
            {
                return LooksLikeTable(0, Overlay.Descriptor(copy, 0).InodeTable);
            }
        }
        return false;
    }

    /// <summary>Whether every descriptor of the first copy fits the volume's measures.</summary>
    public bool AreDescriptorsSound()
    {
        Load(0, volume.Descriptors);
        return CountFaults(volume.Descriptors) == 0;
    }

    // Without an answer the check goes on as with a yes, or it would read nonsense: with -n nothing of it is written.
    private bool Agrees(Problem problem, Place place) => reporter.Raise(problem, place) || reporter.Mode == CheckMode.No;

    private void TakeBackup(uint faults, bool preferBackup)
    {
        byte[] backup = new byte[volume.Descriptors.Length];
        foreach (uint group in Backups())
        {
            Load(group, backup);
            uint left = CountFaults(backup);
            if (left < faults || (preferBackup && left == 0))
            {
                if (left == 0 && faults == 0)
                {
                    return;
                }
                if (Agrees(SuperblockProblems.BackupDescriptors, new Place { Block = geometry.FirstBlockOf(group).Value + 1 }))
                {
                    backup.CopyTo(volume.Descriptors, 0);
                    volume.IsHeaderChanged = true;
                }
                return;
            }
        }
    }

    // The groups whose backups are asked.
    private List<uint> Backups()
    {
        var groups = new List<uint>();
        for (uint group = 1; !geometry.HasMetaGroups && group < geometry.GroupCount && groups.Count < MostBackups; group++)
        {
            if (geometry.HasSuperblock(group))
            {
                groups.Add(group);
            }
        }
        return groups;
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
    private void PlaceTable(uint group)
    {
        ref GroupDescriptor descriptor = ref volume.Descriptor(group);
        uint start = geometry.FirstBlockOf(group).Value + geometry.HeaderBlocks(group);
        uint tableBlocks = geometry.InodeTableBlocks;
        if (!Fits(group, descriptor.InodeTable, tableBlocks)
            && Agrees(SuperblockProblems.InodeTablePlace, new Place { Group = group, Block = descriptor.InodeTable }))
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
    }

    private void PlaceBitmaps(uint group)
    {
        ref GroupDescriptor descriptor = ref volume.Descriptor(group);
        uint start = geometry.FirstBlockOf(group).Value + geometry.HeaderBlocks(group);
        uint tableBlocks = geometry.InodeTableBlocks;
        uint table = descriptor.InodeTable;
        if (!Fits(group, descriptor.BlockBitmap, 1) || descriptor.BlockBitmap - table < tableBlocks)
        {
            if (Agrees(SuperblockProblems.BlockBitmapPlace, new Place { Group = group, Block = descriptor.BlockBitmap }))
            {
                descriptor.BlockBitmap = Free(group, start, table, descriptor.InodeBitmap);
                volume.IsHeaderChanged = true;
            }
        }
        if (!Fits(group, descriptor.InodeBitmap, 1) || descriptor.InodeBitmap - table < tableBlocks
            || descriptor.InodeBitmap == descriptor.BlockBitmap)
        {
            if (Agrees(SuperblockProblems.InodeBitmapPlace, new Place { Group = group, Block = descriptor.InodeBitmap }))
            {
                descriptor.InodeBitmap = Free(group, start, table, descriptor.BlockBitmap);
                volume.IsHeaderChanged = true;
            }
        }
    }

    // A number that is only a little off reads as a table full of nonsense; taken at its word it would cost every file of the group.
    private void CheckTable(uint group)
    {
        ref GroupDescriptor descriptor = ref volume.Descriptor(group);
        uint standard = geometry.FirstBlockOf(group).Value + geometry.HeaderBlocks(group) + 2;
        uint table = descriptor.InodeTable;
        if (table == standard || !Fits(group, standard, geometry.InodeTableBlocks))
        {
            return;
        }
        if (LooksLikeTable(group, table) || !LooksLikeTable(group, standard))
        {
            return;
        }
        var place = new Place { Group = group, Found = table, Block = standard };
        if (Agrees(SuperblockProblems.InodeTableElsewhere, place))
        {
            descriptor.InodeTable = standard;
            volume.IsHeaderChanged = true;
        }
    }

    private bool LooksLikeTable(uint group, uint table)
    {
        byte[] block = new byte[volume.BlockBytes];
        for (uint index = 0; index < Math.Min(geometry.InodeTableBlocks, 4); index++)
        {
            volume.Store.Read(table + index, block);
            for (int at = 0; at < block.Length; at += geometry.InodeBytes)
            {
                uint inode = geometry.InodeAt(group, (int)(((index * volume.BlockBytes) + at) / geometry.InodeBytes)).Value;
                if (!IsPlausible(inode, new InodeView(block.AsSpan(at, geometry.InodeBytes))))
                {
                    return false;
                }
            }
        }
        return true;
    }

    private static bool IsPlausible(uint inode, InodeView view)
    {
        if (inode == InodeNumber.Root.Value)
        {
            return view.Kind == InodeKind.Directory && view.Raw.LinksCount >= 2;
        }
        bool isKnown = view.Kind is InodeKind.File or InodeKind.Directory or InodeKind.Symlink or InodeKind.CharacterDevice
            or InodeKind.BlockDevice or InodeKind.Fifo or InodeKind.Socket;
        return isKnown || (view.Raw.Mode == 0 && view.Raw.LinksCount == 0);
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
