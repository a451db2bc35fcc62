namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Fields by their names in the format's description: what damage changes.</summary>
internal static class DiskFields
{
    /// <summary>The superblock and its backups.</summary>
    public static DiskField[] Superblock { get; } =
    [
        new("s_inodes_count", 0, 4, ValueKind.Count),
        new("s_blocks_count", 4, 4, ValueKind.Count),
        new("s_r_blocks_count", 8, 4, ValueKind.Count),
        new("s_free_blocks_count", 12, 4, ValueKind.Count),
        new("s_free_inodes_count", 16, 4, ValueKind.Count),
        new("s_first_data_block", 20, 4, ValueKind.Block),
        new("s_log_block_size", 24, 4),
        new("s_log_cluster_size", 28, 4),
        new("s_blocks_per_group", 32, 4, ValueKind.Count),
        new("s_clusters_per_group", 36, 4, ValueKind.Count),
        new("s_inodes_per_group", 40, 4, ValueKind.Count),
        new("s_mtime", 44, 4, ValueKind.Time),
        new("s_wtime", 48, 4, ValueKind.Time),
        new("s_mnt_count", 52, 2, ValueKind.Count),
        new("s_max_mnt_count", 54, 2, ValueKind.Count),
        new("s_magic", 56, 2),
        new("s_state", 58, 2, ValueKind.Flags),
        new("s_errors", 60, 2),
        new("s_minor_rev_level", 62, 2),
        new("s_lastcheck", 64, 4, ValueKind.Time),
        new("s_checkinterval", 68, 4, ValueKind.Time),
        new("s_creator_os", 72, 4),
        new("s_rev_level", 76, 4),
        new("s_def_resuid", 80, 2),
        new("s_first_ino", 84, 4, ValueKind.Inode),
        new("s_inode_size", 88, 2),
        new("s_block_group_nr", 90, 2, ValueKind.Count),
        new("s_feature_compat", 92, 4, ValueKind.Flags),
        new("s_feature_incompat", 96, 4, ValueKind.Flags),
        new("s_feature_ro_compat", 100, 4, ValueKind.Flags),
        new("s_uuid", 104, 4),
        new("s_volume_name", 120, 4),
        new("s_last_mounted", 136, 4),
        new("s_algorithm_usage_bitmap", 200, 4),
        new("s_prealloc_blocks", 204, 1),
        new("s_reserved_gdt_blocks", 206, 2, ValueKind.Count),
        new("s_journal_uuid", 208, 4),
        new("s_journal_inum", 224, 4, ValueKind.Inode),
        new("s_journal_dev", 228, 4),
        new("s_last_orphan", 232, 4, ValueKind.Inode),
        new("s_hash_seed", 236, 4),
        new("s_def_hash_version", 252, 1),
        new("s_jnl_backup_type", 253, 1),
        new("s_desc_size", 254, 2),
        new("s_default_mount_opts", 256, 4, ValueKind.Flags),
        new("s_first_meta_bg", 260, 4, ValueKind.Count),
        new("s_mkfs_time", 264, 4, ValueKind.Time),
        new("s_jnl_blocks", 268, 4, ValueKind.Block),
        new("s_blocks_count_hi", 336, 4),
        new("s_r_blocks_count_hi", 340, 4),
        new("s_free_blocks_hi", 344, 4),
        new("s_min_extra_isize", 348, 2),
        new("s_want_extra_isize", 350, 2),
        new("s_flags", 352, 4, ValueKind.Flags),
    ];

    /// <summary>A group descriptor.</summary>
    public static DiskField[] Descriptor { get; } =
    [
        new("bg_block_bitmap", 0, 4, ValueKind.Block),
        new("bg_inode_bitmap", 4, 4, ValueKind.Block),
        new("bg_inode_table", 8, 4, ValueKind.Block),
        new("bg_free_blocks_count", 12, 2, ValueKind.Count),
        new("bg_free_inodes_count", 14, 2, ValueKind.Count),
        new("bg_used_dirs_count", 16, 2, ValueKind.Count),
        new("bg_flags", 18, 2, ValueKind.Flags),
        new("bg_exclude_bitmap", 20, 4, ValueKind.Block),
        new("bg_itable_unused", 28, 2, ValueKind.Count),
        new("bg_checksum", 30, 2),
    ];

    /// <summary>The first 128 bytes of an inode but the block numbers; what decides most is there twice.</summary>
    public static DiskField[] Inode { get; } =
    [
        new("i_mode", 0, 2, ValueKind.Flags),
        new("i_mode", 0, 2),
        new("i_uid", 2, 2),
        new("i_size", 4, 4, ValueKind.Size),
        new("i_size", 4, 4, ValueKind.Size),
        new("i_atime", 8, 4, ValueKind.Time),
        new("i_ctime", 12, 4, ValueKind.Time),
        new("i_mtime", 16, 4, ValueKind.Time),
        new("i_dtime", 20, 4, ValueKind.Time),
        new("i_gid", 24, 2),
        new("i_links_count", 26, 2, ValueKind.Count),
        new("i_blocks", 28, 4, ValueKind.Count),
        new("i_flags", 32, 4, ValueKind.Flags),
        new("i_flags", 32, 4, ValueKind.Flags),
        new("i_version", 36, 4),
        new("i_generation", 100, 4),
        new("i_file_acl", 104, 4, ValueKind.Block),
        new("i_size_high", 108, 4),
        new("i_faddr", 112, 4, ValueKind.Block),
        new("i_blocks_high", 116, 2),
        new("i_file_acl_high", 118, 2),
        new("i_uid_high", 120, 2),
        new("i_gid_high", 122, 2),
        new("i_checksum_lo", 124, 2),
    ];

    /// <summary>What lies behind them in larger inodes.</summary>
    public static DiskField[] InodeExtra { get; } =
    [
        new("i_extra_isize", 128, 2, ValueKind.Count),
        new("i_checksum_hi", 130, 2),
        new("i_ctime_extra", 132, 4, ValueKind.Time),
        new("i_mtime_extra", 136, 4, ValueKind.Time),
        new("i_atime_extra", 140, 4, ValueKind.Time),
        new("i_crtime", 144, 4, ValueKind.Time),
        new("i_crtime_extra", 148, 4, ValueKind.Time),
        new("i_version_hi", 152, 4),
    ];

    /// <summary>A record of a directory; what decides most is there twice.</summary>
    public static DiskField[] Record { get; } =
    [
        new("inode", 0, 4, ValueKind.Inode),
        new("inode", 0, 4, ValueKind.Inode),
        new("rec_len", 4, 2, ValueKind.Count),
        new("rec_len", 4, 2, ValueKind.Count),
        new("name_len", 6, 1, ValueKind.Count),
        new("file_type", 7, 1, ValueKind.Count),
        new("name", 8, 1),
        new("name", 9, 1),
    ];

    /// <summary>The root of a directory's index, behind the records of '.' and '..'.</summary>
    public static DiskField[] IndexRoot { get; } =
    [
        new("reserved_zero", 24, 4),
        new("hash_version", 28, 1, ValueKind.Count),
        new("info_length", 29, 1, ValueKind.Count),
        new("indirect_levels", 30, 1, ValueKind.Count),
        new("unused_flags", 31, 1),
        new("limit", 32, 2, ValueKind.Count),
        new("count", 34, 2, ValueKind.Count),
        new("block", 36, 4, ValueKind.Count),
    ];

    /// <summary>A node of an index below the root, behind the empty record that hides it.</summary>
    public static DiskField[] IndexNode { get; } =
    [
        new("inode", 0, 4, ValueKind.Inode),
        new("rec_len", 4, 2, ValueKind.Count),
        new("limit", 8, 2, ValueKind.Count),
        new("count", 10, 2, ValueKind.Count),
        new("block", 12, 4, ValueKind.Count),
    ];

    /// <summary>An entry of an index.</summary>
    public static DiskField[] IndexEntry { get; } =
    [
        new("hash", 0, 4),
        new("block", 4, 4, ValueKind.Count),
    ];

    /// <summary>The header of an attribute block.</summary>
    public static DiskField[] AttributeHeader { get; } =
    [
        new("h_magic", 0, 4),
        new("h_refcount", 4, 4, ValueKind.Count),
        new("h_blocks", 8, 4, ValueKind.Count),
        new("h_hash", 12, 4),
        new("h_checksum", 16, 4),
        new("h_reserved", 24, 4),
    ];

    /// <summary>An entry of attributes.</summary>
    public static DiskField[] AttributeEntry { get; } =
    [
        new("e_name_len", 0, 1, ValueKind.Count),
        new("e_name_index", 1, 1, ValueKind.Count),
        new("e_value_offs", 2, 2, ValueKind.Count),
        new("e_value_inum", 4, 4, ValueKind.Inode),
        new("e_value_size", 8, 4, ValueKind.Count),
        new("e_hash", 12, 4),
        new("e_name", 16, 1),
    ];
}
