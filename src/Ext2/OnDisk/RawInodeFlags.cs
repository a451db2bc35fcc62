namespace Ext2Union.Ext2.OnDisk;

/// <summary>Bits of i_flags that mean something to the engine; those a user sees have the values of FS_IOC_GETFLAGS.</summary>
[Flags]
public enum RawInodeFlags : uint
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>EXT2_SYNC_FL.</summary>
    Synchronous = 0x8,
    /// <summary>EXT2_IMMUTABLE_FL.</summary>
    Immutable = 0x10,
    /// <summary>EXT2_APPEND_FL.</summary>
    AppendOnly = 0x20,
    /// <summary>EXT2_INDEX_FL: the directory has a hash index.</summary>
    Indexed = 0x1000,
    /// <summary>EXT4_IMAGIC_FL.</summary>
    Magic = 0x2000,
    /// <summary>EXT2_TOPDIR_FL: subdirectories are spread.</summary>
    TopDirectory = 0x20000,
    /// <summary>EXT4_HUGE_FILE_FL: i_blocks counts file-system blocks.</summary>
    HugeFile = 0x40000,
    /// <summary>EXT4_EXTENTS_FL.</summary>
    Extents = 0x80000,
    /// <summary>EXT4_VERITY_FL.</summary>
    Verity = 0x100000,
    /// <summary>EXT4_EA_INODE_FL.</summary>
    AttributeValue = 0x200000,
    /// <summary>Opaque directory of a union: names absent here are absent in the union.</summary>
    Opaque = 0x04000000,
    /// <summary>Directory of a union with nothing below it, ever.</summary>
    OriginNone = 0x08000000,
    /// <summary>EXT4_INLINE_DATA_FL.</summary>
    InlineData = 0x10000000,
}
