namespace Ext2Union.Ext2.OnDisk;

/// <summary>Features that must be known to read a volume (s_feature_incompat).</summary>
[Flags]
public enum IncompatFeatures : uint
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>compression.</summary>
    Compression = 0x1,
    /// <summary>filetype: directory entries carry the type of their inode.</summary>
    FileType = 0x2,
    /// <summary>needs_recovery: the journal holds changes that were not replayed.</summary>
    NeedsRecovery = 0x4,
    /// <summary>journal_dev.</summary>
    JournalDevice = 0x8,
    /// <summary>meta_bg: descriptors lie in the metagroup they describe.</summary>
    MetaBlockGroups = 0x10,
    /// <summary>whiteout: whiteout entries and opaque directories (published with the union mounts series).</summary>
    Whiteout = 0x20,
    /// <summary>extent.</summary>
    Extents = 0x40,
    /// <summary>64bit.</summary>
    Bits64 = 0x80,
    /// <summary>mmp.</summary>
    MultipleMountProtection = 0x100,
    /// <summary>flex_bg: bitmaps and inode tables may lie outside their group.</summary>
    FlexibleGroups = 0x200,
    /// <summary>ea_inode.</summary>
    AttributeInodes = 0x400,
    /// <summary>fallthru: something here falls through to a layer below. Implies <see cref="Whiteout"/>.</summary>
    Fallthru = 0x800,
    /// <summary>dirdata.</summary>
    DirectoryData = 0x1000,
    /// <summary>metadata_csum_seed.</summary>
    ChecksumSeed = 0x2000,
    /// <summary>large_dir.</summary>
    LargeDirectories = 0x4000,
    /// <summary>inline_data.</summary>
    InlineData = 0x8000,
    /// <summary>encrypt.</summary>
    Encryption = 0x10000,
    /// <summary>casefold.</summary>
    CaseFolding = 0x20000,
}
