namespace Ext2Union.Ext2.OnDisk;

/// <summary>What must hold of a superblock before anything is computed from it.</summary>
internal static class GeometryChecks
{
    internal static long GroupCount(in Superblock superblock)
    {
        long blocks = (long)superblock.BlocksCount - superblock.FirstDataBlock;
        return (blocks + superblock.BlocksPerGroup - 1) / superblock.BlocksPerGroup;
    }

    // The sentence that names the first field found absurd, or null.
    internal static string? Fault(in Superblock superblock)
    {
        if (superblock.Magic != Superblock.MagicNumber)
        {
            return $"The magic number is {superblock.Magic.Value:x4} instead of ef53: this is not an ext2 volume.";
        }

        if (superblock.Revision > 1)
        {
            return $"The revision (s_rev_level) is {superblock.Revision}; 0 and 1 are known.";
        }

        return BlockFault(superblock) ?? InodeFault(superblock) ?? GroupFault(superblock);
    }

    private static string? BlockFault(in Superblock superblock)
    {
        if (superblock.LogBlockSize > 6)
        {
            return $"The block size (s_log_block_size = {superblock.LogBlockSize}) is not one of 1 to 64 KiB.";
        }

        if (superblock.LogClusterSize != superblock.LogBlockSize)
        {
            return $"The cluster size (s_log_cluster_size = {superblock.LogClusterSize}) differs from the block size (s_log_block_size = {superblock.LogBlockSize}).";
        }

        int blockBytes = 1024 << (int)(uint)superblock.LogBlockSize;
        uint first = blockBytes == 1024 ? 1u : 0;
        if (superblock.FirstDataBlock != first)
        {
            return $"The first data block (s_first_data_block) is {superblock.FirstDataBlock} instead of {first}.";
        }

        if (superblock.BlocksCount < 16)
        {
            return $"The number of blocks (s_blocks_count) is {superblock.BlocksCount}: too small to hold a volume.";
        }

        uint perGroup = superblock.BlocksPerGroup;
        if (perGroup < Geometry.MinimumBlocksPerGroup || perGroup % 8 != 0 || perGroup > (uint)blockBytes * 8)
        {
            return $"The number of blocks in a group (s_blocks_per_group) is {perGroup}: not a multiple of 8 in 256..{blockBytes * 8}.";
        }

        return null;
    }

    private static string? InodeFault(in Superblock superblock)
    {
        int blockBytes = 1024 << (int)(uint)superblock.LogBlockSize;
        uint inodeBytes = superblock.Revision == 0 ? (uint)RawInode.Bytes : superblock.InodeSize.Value;
        if (inodeBytes < RawInode.Bytes || inodeBytes > blockBytes || !Geometry.IsPowerOfTwo(inodeBytes))
        {
            return $"The inode size (s_inode_size) is {inodeBytes}: not a power of two in 128..{blockBytes}.";
        }

        uint perGroup = superblock.InodesPerGroup;
        if (perGroup == 0 || perGroup > (uint)blockBytes * 8)
        {
            return $"The number of inodes in a group (s_inodes_per_group) is {perGroup}: not in 1..{blockBytes * 8}.";
        }

        long inodes = GroupCount(superblock) * perGroup;
        if (superblock.InodesCount != inodes)
        {
            return $"The number of inodes (s_inodes_count) is {superblock.InodesCount}, but the groups hold {inodes}.";
        }

        uint first = superblock.Revision == 0 ? InodeNumber.FirstOfRevisionZero.Value : superblock.FirstInode.Value;
        return first < InodeNumber.FirstOfRevisionZero.Value || first > superblock.InodesCount
            ? $"The first inode for users (s_first_ino) is {first}: not in 11..{superblock.InodesCount}."
            : null;
    }

    private static string? GroupFault(in Superblock superblock)
    {
        uint blockBytes = 1024u << (int)(uint)superblock.LogBlockSize;
        long perBlock = blockBytes / GroupDescriptor.Bytes;
        long descriptorBlocks = (GroupCount(superblock) + perBlock - 1) / perBlock;
        bool old = superblock.Revision == 0;
        bool meta = !old && ((IncompatFeatures)(uint)superblock.Incompat & IncompatFeatures.MetaBlockGroups) != 0;
        if (meta && superblock.FirstMetaBlockGroup > descriptorBlocks)
        {
            return $"The first metagroup (s_first_meta_bg) is {superblock.FirstMetaBlockGroup}, but there are only {descriptorBlocks} descriptor blocks.";
        }

        long leading = meta ? superblock.FirstMetaBlockGroup : descriptorBlocks;
        if (!old && superblock.ReservedGdtBlocks > blockBytes / 4)
        {
            return $"The number of reserved descriptor blocks (s_reserved_gdt_blocks) is {superblock.ReservedGdtBlocks}: more than {blockBytes / 4}.";
        }

        long header = 1 + leading + (old ? 0u : superblock.ReservedGdtBlocks);
        if (header >= superblock.BlocksPerGroup || superblock.FirstDataBlock + header >= superblock.BlocksCount)
        {
            return $"The descriptors take {header} blocks, more than a group has (s_blocks_per_group = {superblock.BlocksPerGroup}, s_blocks_count = {superblock.BlocksCount}).";
        }

        return null;
    }
}
