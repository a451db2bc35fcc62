using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>The superblock, 1024 bytes at byte 1024 of the volume (kernel <c>struct ext2_super_block</c> and the ext4 fields behind it).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct Superblock
{
    /// <summary>Bytes on disk, and the byte of the volume where the first copy begins.</summary>
    public const int Bytes = 1024;

    /// <summary>EXT2_SUPER_MAGIC.</summary>
    public const ushort MagicNumber = 0xEF53;

    /// <summary>s_inodes_count.</summary>
    public Le32 InodesCount;
    /// <summary>s_blocks_count.</summary>
    public Le32 BlocksCount;
    /// <summary>s_r_blocks_count: blocks for the superuser.</summary>
    public Le32 ReservedBlocksCount;
    /// <summary>s_free_blocks_count.</summary>
    public Le32 FreeBlocksCount;
    /// <summary>s_free_inodes_count.</summary>
    public Le32 FreeInodesCount;
    /// <summary>s_first_data_block: 1 with blocks of 1 KiB, else 0.</summary>
    public Le32 FirstDataBlock;
    /// <summary>s_log_block_size: block size = 1024 &lt;&lt; this.</summary>
    public Le32 LogBlockSize;
    /// <summary>s_log_cluster_size (fragments); as the block size.</summary>
    public Le32 LogClusterSize;
    /// <summary>s_blocks_per_group.</summary>
    public Le32 BlocksPerGroup;
    /// <summary>s_clusters_per_group; as the blocks.</summary>
    public Le32 ClustersPerGroup;
    /// <summary>s_inodes_per_group.</summary>
    public Le32 InodesPerGroup;
    /// <summary>s_mtime.</summary>
    public Le32 MountTime;
    /// <summary>s_wtime.</summary>
    public Le32 WriteTime;
    /// <summary>s_mnt_count: mounts since the last check.</summary>
    public Le16 MountCount;
    /// <summary>s_max_mnt_count: check after so many; 0xFFFF never.</summary>
    public Le16 MaximumMountCount;
    /// <summary>s_magic: <see cref="MagicNumber"/>.</summary>
    public Le16 Magic;
    /// <summary>s_state: see <see cref="SuperblockState"/>.</summary>
    public Le16 State;
    /// <summary>s_errors: what to do on corruption: 1 continue, 2 remount read-only, 3 panic.</summary>
    public Le16 Errors;
    /// <summary>s_minor_rev_level.</summary>
    public Le16 MinorRevision;
    /// <summary>s_lastcheck.</summary>
    public Le32 LastCheck;
    /// <summary>s_checkinterval, seconds.</summary>
    public Le32 CheckInterval;
    /// <summary>s_creator_os: 0 Linux.</summary>
    public Le32 CreatorOs;
    /// <summary>s_rev_level: 0, or 1 with variable inode sizes and features.</summary>
    public Le32 Revision;
    /// <summary>s_def_resuid.</summary>
    public Le16 DefaultReservedUser;
    /// <summary>s_def_resgid.</summary>
    public Le16 DefaultReservedGroup;
    /// <summary>s_first_ino: first inode for users.</summary>
    public Le32 FirstInode;
    /// <summary>s_inode_size.</summary>
    public Le16 InodeSize;
    /// <summary>s_block_group_nr: group this copy lies in.</summary>
    public Le16 BlockGroup;
    /// <summary>s_feature_compat: see <see cref="CompatFeatures"/>.</summary>
    public Le32 Compat;
    /// <summary>s_feature_incompat: see <see cref="IncompatFeatures"/>.</summary>
    public Le32 Incompat;
    /// <summary>s_feature_ro_compat: see <see cref="RoCompatFeatures"/>.</summary>
    public Le32 RoCompat;
    /// <summary>s_uuid.</summary>
    public Bytes16 Uuid;
    /// <summary>s_volume_name.</summary>
    public Bytes16 VolumeName;
    /// <summary>s_last_mounted.</summary>
    public Bytes64 LastMounted;
    /// <summary>s_algorithm_usage_bitmap.</summary>
    public Le32 AlgorithmUsage;
    /// <summary>s_prealloc_blocks.</summary>
    public byte PreallocateBlocks;
    /// <summary>s_prealloc_dir_blocks.</summary>
    public byte PreallocateDirectoryBlocks;
    /// <summary>s_reserved_gdt_blocks: kept behind the descriptors for growing.</summary>
    public Le16 ReservedGdtBlocks;
    /// <summary>s_journal_uuid.</summary>
    public Bytes16 JournalUuid;
    /// <summary>s_journal_inum.</summary>
    public Le32 JournalInode;
    /// <summary>s_journal_dev.</summary>
    public Le32 JournalDevice;
    /// <summary>s_last_orphan: head of the list of inodes to free.</summary>
    public Le32 LastOrphan;
    /// <summary>s_hash_seed.</summary>
    public Words4 HashSeed;
    /// <summary>s_def_hash_version: 0 legacy, 1 half MD4, 2 TEA.</summary>
    public byte DefaultHashVersion;
    /// <summary>s_jnl_backup_type.</summary>
    public byte JournalBackupType;
    /// <summary>s_desc_size (64bit).</summary>
    public Le16 DescriptorSize;
    /// <summary>s_default_mount_opts.</summary>
    public Le32 DefaultMountOptions;
    /// <summary>s_first_meta_bg: descriptor blocks from this one on lie in their own metagroup.</summary>
    public Le32 FirstMetaBlockGroup;
    /// <summary>s_mkfs_time.</summary>
    public Le32 MakeTime;
    /// <summary>s_jnl_blocks.</summary>
    public Words17 JournalBlocks;
    /// <summary>s_blocks_count_hi.</summary>
    public Le32 BlocksCountHigh;
    /// <summary>s_r_blocks_count_hi.</summary>
    public Le32 ReservedBlocksCountHigh;
    /// <summary>s_free_blocks_count_hi.</summary>
    public Le32 FreeBlocksCountHigh;
    /// <summary>s_min_extra_isize.</summary>
    public Le16 MinimumExtraSize;
    /// <summary>s_want_extra_isize.</summary>
    public Le16 WantedExtraSize;
    /// <summary>s_flags: see <see cref="SuperblockFlags"/>.</summary>
    public Le32 Flags;
    /// <summary>s_raid_stride.</summary>
    public Le16 RaidStride;
    /// <summary>s_mmp_update_interval.</summary>
    public Le16 MmpInterval;
    /// <summary>s_mmp_block.</summary>
    public Le64 MmpBlock;
    /// <summary>s_raid_stripe_width.</summary>
    public Le32 RaidStripeWidth;
    /// <summary>s_log_groups_per_flex.</summary>
    public byte LogGroupsPerFlex;
    /// <summary>s_checksum_type.</summary>
    public byte ChecksumType;
    /// <summary>s_encryption_level.</summary>
    public byte EncryptionLevel;
    /// <summary>s_reserved_pad.</summary>
    public byte ReservedPad;
    /// <summary>s_kbytes_written.</summary>
    public Le64 KbytesWritten;
    /// <summary>s_snapshot_inum.</summary>
    public Le32 SnapshotInode;
    /// <summary>s_snapshot_id.</summary>
    public Le32 SnapshotId;
    /// <summary>s_snapshot_r_blocks_count.</summary>
    public Le64 SnapshotReservedBlocks;
    /// <summary>s_snapshot_list.</summary>
    public Le32 SnapshotList;
    /// <summary>s_error_count.</summary>
    public Le32 ErrorCount;
    /// <summary>s_first_error_time.</summary>
    public Le32 FirstErrorTime;
    /// <summary>s_first_error_ino.</summary>
    public Le32 FirstErrorInode;
    /// <summary>s_first_error_block.</summary>
    public Le64 FirstErrorBlock;
    /// <summary>s_first_error_func.</summary>
    public Bytes32 FirstErrorFunction;
    /// <summary>s_first_error_line.</summary>
    public Le32 FirstErrorLine;
    /// <summary>s_last_error_time.</summary>
    public Le32 LastErrorTime;
    /// <summary>s_last_error_ino.</summary>
    public Le32 LastErrorInode;
    /// <summary>s_last_error_line.</summary>
    public Le32 LastErrorLine;
    /// <summary>s_last_error_block.</summary>
    public Le64 LastErrorBlock;
    /// <summary>s_last_error_func.</summary>
    public Bytes32 LastErrorFunction;
    /// <summary>s_mount_opts.</summary>
    public Bytes64 MountOptions;
    /// <summary>s_usr_quota_inum.</summary>
    public Le32 UserQuotaInode;
    /// <summary>s_grp_quota_inum.</summary>
    public Le32 GroupQuotaInode;
    /// <summary>s_overhead_blocks.</summary>
    public Le32 OverheadBlocks;
    /// <summary>s_backup_bgs (sparse_super2).</summary>
    public Words2 BackupGroups;
    /// <summary>s_encrypt_algos.</summary>
    public Le32 EncryptAlgorithms;
    /// <summary>s_encrypt_pw_salt.</summary>
    public Bytes16 EncryptSalt;
    /// <summary>s_lpf_ino.</summary>
    public Le32 LostFoundInode;
    /// <summary>s_prj_quota_inum.</summary>
    public Le32 ProjectQuotaInode;
    /// <summary>s_checksum_seed.</summary>
    public Le32 ChecksumSeed;
    /// <summary>s_wtime_hi.</summary>
    public byte WriteTimeHigh;
    /// <summary>s_mtime_hi.</summary>
    public byte MountTimeHigh;
    /// <summary>s_mkfs_time_hi.</summary>
    public byte MakeTimeHigh;
    /// <summary>s_lastcheck_hi.</summary>
    public byte LastCheckHigh;
    /// <summary>s_first_error_time_hi.</summary>
    public byte FirstErrorTimeHigh;
    /// <summary>s_last_error_time_hi.</summary>
    public byte LastErrorTimeHigh;
    /// <summary>s_first_error_errcode.</summary>
    public byte FirstErrorCode;
    /// <summary>s_last_error_errcode.</summary>
    public byte LastErrorCode;
    /// <summary>s_encoding.</summary>
    public Le16 Encoding;
    /// <summary>s_encoding_flags.</summary>
    public Le16 EncodingFlags;
    /// <summary>s_orphan_file_inum.</summary>
    public Le32 OrphanFileInode;
    /// <summary>s_reserved.</summary>
    public Words94 Reserved;
    /// <summary>s_checksum (metadata_csum).</summary>
    public Le32 Checksum;
}
