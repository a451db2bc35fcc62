using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <summary>
/// The groups of a volume: their places and counts in memory, changes written through to the cached descriptors, and the totals that
/// statfs shows. Guarded by the volume's lock.
/// </summary>
internal sealed class GroupTable
{
    private readonly BlockCache cache;
    private readonly Geometry geometry;
    private readonly GroupState[] groups;

    private GroupTable(BlockCache cache, Geometry geometry)
    {
        this.cache = cache;
        this.geometry = geometry;
        groups = new GroupState[geometry.GroupCount];
    }

    /// <summary>Free blocks of the volume.</summary>
    public long FreeBlocks { get; private set; }

    /// <summary>Free inodes of the volume.</summary>
    public long FreeInodes { get; private set; }

    /// <summary>Directories of the volume.</summary>
    public long Directories { get; private set; }

    /// <summary>Groups.</summary>
    public int Count => groups.Length;

    /// <summary>A group. Its counts are changed by <see cref="Add"/> only.</summary>
    public ref GroupState this[uint group] => ref groups[group];

    /// <summary>Reads and checks all descriptors (kernel <c>ext2_check_descriptors</c>). <paramref name="fault"/> is a sentence.</summary>
    public static bool TryRead(BlockCache cache, Geometry geometry, bool isFlexible, out GroupTable table, out string fault)
    {
        table = new GroupTable(cache, geometry);
        fault = "";
        for (uint group = 0; group < geometry.GroupCount && fault.Length == 0; group++)
        {
            fault = table.ReadDescriptor(group, isFlexible);
        }

        return fault.Length == 0;
    }

    /// <summary>Changes the counts of a group, in memory and in its descriptor. Errors: EIO; nothing changed then.</summary>
    public Errno Add(uint group, int blocks, int inodes, int directories)
    {
        using BlockLease lease = cache.Read(geometry.DescriptorBlock(group / geometry.DescriptorsPerBlock));
        if (lease.Error != Errno.None)
        {
            return lease.Error;
        }

        ref GroupState state = ref groups[group];
        state.FreeBlocks += blocks;
        state.FreeInodes += inodes;
        state.Directories += directories;
        FreeBlocks += blocks;
        FreeInodes += inodes;
        Directories += directories;
        ref GroupDescriptor descriptor = ref Overlay.Descriptor(lease.Bytes, (int)(group % geometry.DescriptorsPerBlock));
        descriptor.FreeBlocksCount = (ushort)state.FreeBlocks;
        descriptor.FreeInodesCount = (ushort)state.FreeInodes;
        descriptor.UsedDirectoriesCount = (ushort)state.Directories;
        lease.MarkDirty(WriteStage.Referenced);
        return Errno.None;
    }

    private string ReadDescriptor(uint group, bool isFlexible)
    {
        using BlockLease lease = cache.Read(geometry.DescriptorBlock(group / geometry.DescriptorsPerBlock));
        if (lease.Error != Errno.None)
        {
            return $"The descriptor of group {group} cannot be read ({lease.Error}).";
        }

        ref GroupDescriptor descriptor = ref Overlay.Descriptor(lease.Bytes, (int)(group % geometry.DescriptorsPerBlock));
        string place = PlaceFault(group, descriptor, isFlexible);
        if (place.Length > 0)
        {
            return place;
        }

        int blocks = Math.Min(descriptor.FreeBlocksCount, geometry.BlocksIn(group));
        int inodes = (int)Math.Min(descriptor.FreeInodesCount, geometry.InodesPerGroup);
        int directories = (int)Math.Min(descriptor.UsedDirectoriesCount, geometry.InodesPerGroup);
        groups[group] = new GroupState
        {
            BlockBitmap = new BlockNumber(descriptor.BlockBitmap),
            InodeBitmap = new BlockNumber(descriptor.InodeBitmap),
            InodeTable = new BlockNumber(descriptor.InodeTable),
            FreeBlocks = blocks,
            FreeInodes = inodes,
            Directories = directories,
        };
        FreeBlocks += blocks;
        FreeInodes += inodes;
        Directories += directories;
        return "";
    }

    private string PlaceFault(uint group, in GroupDescriptor descriptor, bool isFlexible)
    {
        if (!Holds(group, descriptor.BlockBitmap, 1, isFlexible))
        {
            return $"The block bitmap of group {group} is said to lie at block {descriptor.BlockBitmap}.";
        }

        if (!Holds(group, descriptor.InodeBitmap, 1, isFlexible))
        {
            return $"The inode bitmap of group {group} is said to lie at block {descriptor.InodeBitmap}.";
        }

        return Holds(group, descriptor.InodeTable, geometry.InodeTableBlocks, isFlexible)
            ? ""
            : $"The inode table of group {group} is said to begin at block {descriptor.InodeTable}.";
    }

    private bool Holds(uint group, uint start, uint count, bool isFlexible)
    {
        uint first = isFlexible ? geometry.FirstDataBlock.Value + 1 : geometry.FirstBlockOf(group).Value;
        ulong end = isFlexible ? geometry.BlockCount : (ulong)first + (uint)geometry.BlocksIn(group);
        return start >= first && start + (ulong)count <= end;
    }
}
