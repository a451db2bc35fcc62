namespace Ext2Union.Vfs;

/// <summary>Inode flags of FS_IOC_GETFLAGS (linux/fs.h, FS_*_FL) that a user may see or set.</summary>
[Flags]
public enum InodeFlags : uint
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>FS_SECRM_FL.</summary>
    SecureDeletion = 0x1,
    /// <summary>FS_UNRM_FL.</summary>
    Undelete = 0x2,
    /// <summary>FS_COMPR_FL.</summary>
    Compress = 0x4,
    /// <summary>FS_SYNC_FL: writes are synchronous.</summary>
    Synchronous = 0x8,
    /// <summary>FS_IMMUTABLE_FL: nothing may change.</summary>
    Immutable = 0x10,
    /// <summary>FS_APPEND_FL: writes only at the end; names may be added but not removed.</summary>
    AppendOnly = 0x20,
    /// <summary>FS_NODUMP_FL.</summary>
    NoDump = 0x40,
    /// <summary>FS_NOATIME_FL.</summary>
    NoAccessTime = 0x80,
    /// <summary>FS_INDEX_FL: a hash-indexed directory. Read only for users.</summary>
    Indexed = 0x1000,
    /// <summary>FS_JOURNAL_DATA_FL.</summary>
    JournalData = 0x4000,
    /// <summary>FS_NOTAIL_FL.</summary>
    NoTail = 0x8000,
    /// <summary>FS_DIRSYNC_FL: directory changes are synchronous.</summary>
    DirectorySynchronous = 0x10000,
    /// <summary>FS_TOPDIR_FL: subdirectories are spread over the volume.</summary>
    TopDirectory = 0x20000,

    /// <summary>What chattr(1) may change.</summary>
    UserModifiable = SecureDeletion | Undelete | Compress | Synchronous | Immutable | AppendOnly | NoDump | NoAccessTime
        | JournalData | NoTail | DirectorySynchronous | TopDirectory,

    /// <summary>What lsattr(1) may show.</summary>
    UserVisible = UserModifiable | Indexed,
}
