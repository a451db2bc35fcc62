using System.Numerics;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>
/// The measures of a volume and the only place that divides by them: it exists only for a superblock whose numbers are sound, so nothing
/// behind it needs to fear a zero or a shift out of range.
/// </summary>
public sealed class Geometry
{
    /// <summary>Least and most bytes of a block.</summary>
    public const int MinimumBlockBytes = 1024, MaximumBlockBytes = 65536;

    /// <summary>Least blocks in a group (as mke2fs -g).</summary>
    public const uint MinimumBlocksPerGroup = 256;

    private readonly int blockBits;
    private readonly uint[] backupGroups;

    internal Geometry(in Superblock superblock)
    {
        blockBits = 10 + (int)(uint)superblock.LogBlockSize;
        BlockCount = superblock.BlocksCount;
        InodeCount = superblock.InodesCount;
        FirstDataBlock = new BlockNumber(superblock.FirstDataBlock);
        BlocksPerGroup = superblock.BlocksPerGroup;
        InodesPerGroup = superblock.InodesPerGroup;
        bool old = superblock.Revision == 0;
        InodeBytes = old ? RawInode.Bytes : superblock.InodeSize;
        FirstInode = old ? InodeNumber.FirstOfRevisionZero : new InodeNumber(superblock.FirstInode);
        GroupCount = (uint)GeometryChecks.GroupCount(superblock);
        var incompat = (IncompatFeatures)(uint)superblock.Incompat;
        HasMetaGroups = !old && (incompat & IncompatFeatures.MetaBlockGroups) != 0;
        FirstMetaGroup = superblock.FirstMetaBlockGroup;
        IsSparse = !old && ((RoCompatFeatures)(uint)superblock.RoCompat & RoCompatFeatures.SparseSuper) != 0;
        ReservedGdtBlocks = old ? 0u : superblock.ReservedGdtBlocks;
        backupGroups = !old && ((CompatFeatures)(uint)superblock.Compat & CompatFeatures.SparseSuper2) != 0
            ? [superblock.BackupGroups[0], superblock.BackupGroups[1]]
            : [];
    }

    /// <summary>Bytes of a block, a power of two.</summary>
    public int BlockBytes => 1 << blockBits;
    /// <summary>Shift from bytes to blocks.</summary>
    public int BlockBits => blockBits;
    /// <summary>Blocks of the volume, those before <see cref="FirstDataBlock"/> included.</summary>
    public uint BlockCount { get; }
    /// <summary>Inodes of the volume.</summary>
    public uint InodeCount { get; }
    /// <summary>First block of group 0.</summary>
    public BlockNumber FirstDataBlock { get; }
    /// <summary>Blocks of a group; the last may have fewer.</summary>
    public uint BlocksPerGroup { get; }
    /// <summary>Inodes of a group.</summary>
    public uint InodesPerGroup { get; }
    /// <summary>Bytes of an inode, a power of two.</summary>
    public int InodeBytes { get; }
    /// <summary>First inode for users.</summary>
    public InodeNumber FirstInode { get; }
    /// <summary>Groups of the volume.</summary>
    public uint GroupCount { get; }
    /// <summary>Whether descriptors from <see cref="FirstMetaGroup"/> on lie in their own metagroup.</summary>
    public bool HasMetaGroups { get; }
    /// <summary>First descriptor block that lies in its metagroup.</summary>
    public uint FirstMetaGroup { get; }
    /// <summary>Whether only some groups hold backups.</summary>
    public bool IsSparse { get; }
    /// <summary>Blocks kept behind the descriptors for growing.</summary>
    public uint ReservedGdtBlocks { get; }

    /// <summary>Bytes of the volume.</summary>
    public long VolumeBytes => (long)BlockCount << blockBits;
    /// <summary>Inodes of a block of the inode table.</summary>
    public uint InodesPerBlock => (uint)(BlockBytes / InodeBytes);
    /// <summary>Blocks of a group's inode table.</summary>
    public uint InodeTableBlocks => (InodesPerGroup + InodesPerBlock - 1) / InodesPerBlock;
    /// <summary>Descriptors of a block.</summary>
    public uint DescriptorsPerBlock => (uint)(BlockBytes / GroupDescriptor.Bytes);
    /// <summary>Blocks that hold all descriptors once.</summary>
    public uint DescriptorBlocks => (GroupCount + DescriptorsPerBlock - 1) / DescriptorsPerBlock;
    /// <summary>Descriptor blocks at the start of each group that holds a backup (those of no metagroup).</summary>
    public uint LeadingDescriptorBlocks => HasMetaGroups ? Math.Min(FirstMetaGroup, DescriptorBlocks) : DescriptorBlocks;
    /// <summary>Block numbers of an indirect block.</summary>
    public uint PointersPerBlock => (uint)(BlockBytes / 4);

    /// <summary>Largest size of a file: what the block tree reaches and what 32 bits of i_blocks can count (kernel <c>ext2_max_size</c>).</summary>
    public long MaximumFileBytes
    {
        get
        {
            long perBlock = PointersPerBlock;
            long reach = 12 + perBlock + (perBlock * perBlock) + (perBlock * perBlock * perBlock);
            long countable = (long)uint.MaxValue >> (blockBits - 9);
            // Indirect blocks are counted too: one for every full block of pointers, and so on upwards.
            long indirect = (countable / perBlock) + (countable / (perBlock * perBlock)) + 8;
            return Math.Min(Math.Min(reach, countable - indirect), uint.MaxValue) << blockBits;
        }
    }

    /// <summary>Checks a superblock and measures it. <paramref name="fault"/> is a sentence that names the field.</summary>
    public static bool TryCreate(in Superblock superblock, out Geometry geometry, out string fault)
    {
        if (GeometryChecks.Fault(superblock) is { } found)
        {
            geometry = null!;
            fault = found;
            return false;
        }

        geometry = new Geometry(superblock);
        fault = "";
        return true;
    }

    /// <summary>Whether a file may point at this block: within the volume and behind the superblock.</summary>
    public bool IsDataBlock(BlockNumber block) => block > FirstDataBlock && block.Value < BlockCount;

    /// <summary>Whether such an inode exists.</summary>
    public bool IsInode(InodeNumber inode) => inode.Value >= 1 && inode.Value <= InodeCount;

    /// <summary>Byte of the volume where a block begins.</summary>
    public long ByteOf(BlockNumber block) => (long)block.Value << blockBits;

    /// <summary>The group of a block. Requires: not before <see cref="FirstDataBlock"/>.</summary>
    public uint GroupOf(BlockNumber block) => (block - FirstDataBlock) / BlocksPerGroup;

    /// <summary>The bit of a block in its group's bitmap.</summary>
    public int IndexInGroup(BlockNumber block) => (int)((block - FirstDataBlock) % BlocksPerGroup);

    /// <summary>First block of a group.</summary>
    public BlockNumber FirstBlockOf(uint group) => FirstDataBlock + (group * BlocksPerGroup);

    /// <summary>Blocks of a group.</summary>
    public int BlocksIn(uint group) => (int)Math.Min(BlocksPerGroup, BlockCount - FirstBlockOf(group).Value);

    /// <summary>The group of an inode.</summary>
    public uint GroupOf(InodeNumber inode) => (inode.Value - 1) / InodesPerGroup;

    /// <summary>Where an inode lies. Requires: <see cref="IsInode"/>.</summary>
    public InodeLocation Locate(InodeNumber inode)
    {
        uint group = (inode.Value - 1) / InodesPerGroup;
        uint index = (inode.Value - 1) - (group * InodesPerGroup);
        uint perBlock = InodesPerBlock;
        return new InodeLocation(group, (int)index, index / perBlock, (int)(index % perBlock) * InodeBytes);
    }

    /// <summary>The number of the inode with this bit in a group's bitmap.</summary>
    public InodeNumber InodeAt(uint group, int index) => new((group * InodesPerGroup) + (uint)index + 1);

    /// <summary>Whether a group begins with a copy of the superblock (kernel <c>ext2_bg_has_super</c>).</summary>
    public bool HasSuperblock(uint group)
    {
        if (group == 0)
        {
            return true;
        }

        if (backupGroups.Length > 0)
        {
            return group == backupGroups[0] || group == backupGroups[1];
        }

        return !IsSparse || group == 1 || IsPower(group, 3) || IsPower(group, 5) || IsPower(group, 7);
    }

    /// <summary>The block that holds the superblock in use: it begins at byte 1024 of the volume.</summary>
    public BlockNumber PrimarySuperblock => new(BlockBytes == MinimumBlockBytes ? 1u : 0u);

    /// <summary>Where in <see cref="PrimarySuperblock"/> it begins.</summary>
    public int PrimarySuperblockOffset => BlockBytes == MinimumBlockBytes ? 0 : MinimumBlockBytes;

    /// <summary>
    /// Block of the superblock copy of a group. With blocks of more than 1 KiB the copy of group 0 begins at byte 1024 of block 0, all
    /// others at the first byte of their block.
    /// </summary>
    public BlockNumber SuperblockOf(uint group) => FirstBlockOf(group);

    /// <summary>The block where descriptor block number <paramref name="index"/> lies (kernel <c>descriptor_loc</c>).</summary>
    public BlockNumber DescriptorBlock(uint index)
    {
        if (!HasMetaGroups || index < FirstMetaGroup)
        {
            return FirstDataBlock + (index + 1);
        }

        uint group = index * DescriptorsPerBlock;
        return FirstBlockOf(group) + (HasSuperblock(group) ? 1u : 0u);
    }

    /// <summary>
    /// The block where a group keeps its backup of descriptor block <paramref name="index"/>, or none: behind the superblock copy, or in the
    /// second and last group of the metagroup.
    /// </summary>
    public BlockNumber DescriptorBackup(uint group, uint index)
    {
        if (!HasMetaGroups || index < FirstMetaGroup)
        {
            return group != 0 && HasSuperblock(group) ? FirstBlockOf(group) + (index + 1) : BlockNumber.None;
        }

        uint first = index * DescriptorsPerBlock;
        bool holds = group == first + 1 || group == first + DescriptorsPerBlock - 1;
        return holds && group < GroupCount ? FirstBlockOf(group) + (HasSuperblock(group) ? 1u : 0u) : BlockNumber.None;
    }

    /// <summary>Blocks at the start of a group that hold superblock, descriptors and what is reserved for more of them.</summary>
    public uint HeaderBlocks(uint group)
    {
        uint count = HasSuperblock(group) ? 1u : 0u;
        uint metaGroup = group / DescriptorsPerBlock;
        if (!HasMetaGroups || metaGroup < FirstMetaGroup)
        {
            return count == 0 ? 0 : count + LeadingDescriptorBlocks + ReservedGdtBlocks;
        }

        uint place = group % DescriptorsPerBlock;
        return place <= 1 || place == DescriptorsPerBlock - 1 ? count + 1 : count;
    }

    private static bool IsPower(uint number, uint of)
    {
        ulong power = of;
        while (power < number)
        {
            power *= of;
        }

        return power == number;
    }

    internal static bool IsPowerOfTwo(uint number) => BitOperations.IsPow2(number);
}
