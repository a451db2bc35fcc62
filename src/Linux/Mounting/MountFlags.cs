namespace Ext2Union.Linux.Mounting;

/// <summary>Flags of mount(2) (linux/mount.h, MS_*).</summary>
[Flags]
public enum MountFlags : ulong
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>MS_RDONLY.</summary>
    ReadOnly = 1,
    /// <summary>MS_NOSUID.</summary>
    NoSetUserId = 2,
    /// <summary>MS_NODEV.</summary>
    NoDevices = 4,
    /// <summary>MS_NOEXEC.</summary>
    NoExecute = 8,
    /// <summary>MS_SYNCHRONOUS.</summary>
    Synchronous = 16,
    /// <summary>MS_REMOUNT.</summary>
    Remount = 32,
    /// <summary>MS_DIRSYNC.</summary>
    DirectorySynchronous = 128,
    /// <summary>MS_NOATIME.</summary>
    NoAccessTime = 1024,
    /// <summary>MS_NODIRATIME.</summary>
    NoDirectoryAccessTime = 2048,
    /// <summary>MS_RELATIME.</summary>
    RelativeAccessTime = 1 << 21,
}
