namespace Ext2Union.Ext2.OnDisk;

/// <summary>Features that must be known to write to a volume (s_feature_ro_compat).</summary>
[Flags]
public enum RoCompatFeatures : uint
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>sparse_super: backups in groups 0, 1 and powers of 3, 5 and 7 only.</summary>
    SparseSuper = 0x1,
    /// <summary>large_file: there may be files of 2 GiB and more.</summary>
    LargeFile = 0x2,
    /// <summary>btree_dir, never used.</summary>
    BtreeDirectories = 0x4,
    /// <summary>huge_file.</summary>
    HugeFile = 0x8,
    /// <summary>uninit_bg.</summary>
    UninitializedGroups = 0x10,
    /// <summary>dir_nlink.</summary>
    DirectoryLinkCount = 0x20,
    /// <summary>extra_isize: s_min_extra_isize is guaranteed.</summary>
    ExtraInodeSize = 0x40,
    /// <summary>snapshot.</summary>
    Snapshot = 0x80,
    /// <summary>quota.</summary>
    Quota = 0x100,
    /// <summary>bigalloc.</summary>
    BigAllocation = 0x200,
    /// <summary>metadata_csum.</summary>
    MetadataChecksum = 0x400,
    /// <summary>replica.</summary>
    Replica = 0x800,
    /// <summary>read-only: must not be written at all.</summary>
    ReadOnly = 0x1000,
    /// <summary>project.</summary>
    Project = 0x2000,
    /// <summary>shared_blocks.</summary>
    SharedBlocks = 0x4000,
    /// <summary>verity.</summary>
    Verity = 0x8000,
    /// <summary>orphan_present.</summary>
    OrphanPresent = 0x10000,
}
