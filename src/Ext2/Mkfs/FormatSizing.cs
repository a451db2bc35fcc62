using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>
/// Finds the measures of a new volume by the rules of mke2fs (<c>ext2fs_initialize</c>), so that both tools make the same groups: a last group that is too
/// small for its own tables is given up, groups are made smaller when one bitmap can't hold their inodes, and inode tables are filled to their last block.
/// </summary>
internal sealed class FormatSizing
{
    private const uint FirstUserInode = 11;

    // A last group must offer so many blocks beyond its tables to be worth keeping.
    private const uint LeastUsefulBlocks = 50;

    private readonly uint wantedBlocks;
    private readonly uint wantedInodes;
    private readonly uint wantedReserve;
    private readonly uint? wantedReservedGdt;
    private readonly bool hasResizeInode;

    public FormatSizing(FormatOptions options, int blockBytes, int inodeBytes, uint blockCount, uint wantedInodes)
    {
        BlockBytes = blockBytes;
        InodeBytes = inodeBytes;
        wantedBlocks = blockCount;
        BlockCount = blockCount;
        this.wantedInodes = Math.Max(wantedInodes, FirstUserInode + 1);
        FirstDataBlock = blockBytes == 1024 ? 1u : 0;
        IsSparse = (options.Features.RoCompat & RoCompatFeatures.SparseSuper) != 0;
        HasMetaGroups = (options.Features.Incompat & IncompatFeatures.MetaBlockGroups) != 0;
        hasResizeInode = (options.Features.Compat & CompatFeatures.ResizeInode) != 0;

        // 16 bits of bg_free_blocks_count must hold a whole group, and stay a multiple of 8.
        BlocksPerGroup = options.BlocksPerGroup ?? (uint)Math.Min(blockBytes * 8, (1 << 16) - 8);
        wantedReservedGdt = options.ResizeBlocks is uint most && ReservedGdtFor(most) is > 0 and uint wanted ? wanted : null;
        wantedReserve = (uint)(options.ReservedPercent * blockCount / 100.0);
        ReservedBlocks = wantedReserve;
    }

    public int BlockBytes { get; }
    public int InodeBytes { get; }
    public uint FirstDataBlock { get; }
    public bool IsSparse { get; }
    public bool HasMetaGroups { get; private set; }
    public uint BlockCount { get; private set; }
    public uint BlocksPerGroup { get; private set; }
    public uint ReservedBlocks { get; private set; }
    public uint ReservedGdtBlocks { get; private set; }
    public uint InodesPerGroup { get; private set; }
    public uint GroupCount { get; private set; }

    private uint DescriptorsPerBlock => (uint)(BlockBytes / GroupDescriptor.Bytes);
    private uint DescriptorBlocks => DivideUp(GroupCount, DescriptorsPerBlock);
    private uint PointersPerBlock => (uint)(BlockBytes / 4);
    private uint InodeTableBlocks => (uint)DivideUp((ulong)InodesPerGroup * (uint)InodeBytes, (uint)BlockBytes);

    /// <summary>Answers what is wrong, or null.</summary>
    public FormatFault? Solve()
    {
        while (true)
        {
            if (BlockCount <= FirstDataBlock)
            {
                return FormatFault.Invalid("The volume is too small to hold a file system.");
            }

            GroupCount = (uint)DivideUp((ulong)BlockCount - FirstDataBlock, BlocksPerGroup);
            uint inodes = DivideUp(wantedInodes, GroupCount);
            if (inodes > (uint)BlockBytes * 8)
            {
                if (BlocksPerGroup < Geometry.MinimumBlocksPerGroup + 8)
                {
                    return TooManyInodes();
                }

                BlocksPerGroup -= 8;
                BlockCount = wantedBlocks;
                continue;
            }

            FillInodeTables(Math.Min(inodes, (1u << 16) - (uint)(BlockBytes / InodeBytes)));
            ReserveDescriptors();
            uint overhead = 2 + InodeTableBlocks;
            if (overhead >= BlocksPerGroup)
            {
                return TooManyInodes();
            }

            overhead += HasSuperblock(GroupCount - 1) ? 1 + DescriptorBlocks + ReservedGdtBlocks : 0;
            uint rest = (BlockCount - FirstDataBlock) % BlocksPerGroup;
            if (GroupCount == 1 && rest != 0 && rest < overhead)
            {
                return FormatFault.Invalid($"The volume is too small: its tables alone take {overhead} of {rest} blocks.");
            }

            if (rest == 0 || rest >= overhead + LeastUsefulBlocks)
            {
                return CheckFirstGroup();
            }

            BlockCount -= rest;
            ReservedBlocks = (uint)((double)wantedReserve * BlockCount / wantedBlocks);
        }
    }

    private FormatFault? CheckFirstGroup()
    {
        uint header = HasMetaGroups ? 2 : 1 + DescriptorBlocks + ReservedGdtBlocks;
        return header + 2 + InodeTableBlocks >= Math.Min(BlocksPerGroup, BlockCount - FirstDataBlock)
            ? FormatFault.Invalid(
                $"A group of {BlocksPerGroup} blocks can't hold its tables ({header} of descriptors, {InodeTableBlocks} of inodes): larger groups (-g), fewer inodes (-i, -N) or ^resize_inode are needed.")
            : null;
    }

    private FormatFault TooManyInodes() => FormatFault.Invalid(
        $"{wantedInodes} inodes are too many for {BlockCount} blocks: a higher -i or a lower -N is needed.");

    private void FillInodeTables(uint inodes)
    {
        while (true)
        {
            // A table is filled to its last block, and bitmaps are handled by whole bytes.
            uint tableBlocks = (uint)DivideUp((ulong)inodes * (uint)InodeBytes, (uint)BlockBytes);
            InodesPerGroup = Math.Max((uint)((ulong)tableBlocks * (uint)BlockBytes / (uint)InodeBytes), 8) & ~7u;
            if (InodesPerGroup * (ulong)GroupCount <= FirstUserInode)
            {
                // Rounding down left no inode for lost+found; mke2fs gives up here.
                InodesPerGroup += 8;
            }

            if ((ulong)InodesPerGroup * GroupCount <= uint.MaxValue)
            {
                return;
            }

            inodes--;
        }
    }

    private void ReserveDescriptors()
    {
        ReservedGdtBlocks = hasResizeInode && !HasMetaGroups ? wantedReservedGdt ?? DefaultReservedGdt() : 0;

        // Where descriptors would take most of a group, each metagroup keeps its own.
        if (ReservedGdtBlocks + (HasMetaGroups ? 0 : DescriptorBlocks) > BlocksPerGroup * 3UL / 4)
        {
            HasMetaGroups = true;
            ReservedGdtBlocks = 0;
        }
    }

    private uint DefaultReservedGdt()
    {
        ulong most = Math.Min(uint.MaxValue, BlockCount * 1024UL);
        return ReservedGdtFor(most);
    }

    private uint ReservedGdtFor(ulong blocks)
    {
        uint groups = (uint)DivideUp(blocks - FirstDataBlock, BlocksPerGroup);
        uint now = GroupCount == 0 ? (uint)DivideUp((ulong)BlockCount - FirstDataBlock, BlocksPerGroup) : GroupCount;
        uint more = DivideUp(groups, DescriptorsPerBlock) - Math.Min(DivideUp(groups, DescriptorsPerBlock), DivideUp(now, DescriptorsPerBlock));
        return Math.Min(more, PointersPerBlock);
    }

    private bool HasSuperblock(uint group) => group <= 1 || !IsSparse || IsPower(group, 3) || IsPower(group, 5) || IsPower(group, 7);

    private static bool IsPower(uint number, uint of)
    {
        ulong power = of;
        while (power < number)
        {
            power *= of;
        }

        return power == number;
    }

    private static uint DivideUp(uint number, uint by) => (uint)DivideUp((ulong)number, by);

    private static ulong DivideUp(ulong number, uint by) => (number + by - 1) / by;
}
