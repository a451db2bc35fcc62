using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>A group descriptor of 32 bytes (kernel <c>struct ext2_group_desc</c>, <c>ext4_group_desc</c> without 64bit).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct GroupDescriptor
{
    /// <summary>Bytes on disk.</summary>
    public const int Bytes = 32;

    /// <summary>bg_block_bitmap: block of the block bitmap.</summary>
    public Le32 BlockBitmap;
    /// <summary>bg_inode_bitmap: block of the inode bitmap.</summary>
    public Le32 InodeBitmap;
    /// <summary>bg_inode_table: first block of the inode table.</summary>
    public Le32 InodeTable;
    /// <summary>bg_free_blocks_count.</summary>
    public Le16 FreeBlocksCount;
    /// <summary>bg_free_inodes_count.</summary>
    public Le16 FreeInodesCount;
    /// <summary>bg_used_dirs_count.</summary>
    public Le16 UsedDirectoriesCount;
    /// <summary>bg_flags (uninit_bg only).</summary>
    public Le16 Flags;
    /// <summary>bg_exclude_bitmap_lo (snapshots).</summary>
    public Le32 ExcludeBitmap;
    /// <summary>bg_block_bitmap_csum_lo (metadata_csum).</summary>
    public Le16 BlockBitmapChecksum;
    /// <summary>bg_inode_bitmap_csum_lo (metadata_csum).</summary>
    public Le16 InodeBitmapChecksum;
    /// <summary>bg_itable_unused (uninit_bg only).</summary>
    public Le16 UnusedInodesCount;
    /// <summary>bg_checksum (uninit_bg, metadata_csum).</summary>
    public Le16 Checksum;
}
