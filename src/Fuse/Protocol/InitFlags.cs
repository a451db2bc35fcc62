namespace Ext2Union.Fuse.Protocol;

/// <summary>Abilities negotiated by INIT (linux/fuse.h, FUSE_*); the upper half travels in flags2 and needs <see cref="Extended"/>.</summary>
[Flags]
internal enum InitFlags : ulong
{
    None = 0,
    AsyncRead = 1 << 0,
    AtomicTruncate = 1 << 3,
    ExportSupport = 1 << 4,
    BigWrites = 1 << 5,
    DontMask = 1 << 6,
    IoctlOnDirectories = 1 << 11,
    ReadDirectoryPlus = 1 << 13,
    ReadDirectoryPlusAuto = 1 << 14,
    AsyncDirectIo = 1 << 15,
    ParallelDirectoryOperations = 1 << 18,
    PosixAcl = 1 << 20,
    MaximumPages = 1 << 22,
    CacheSymlinks = 1 << 23,
    HandleKillPrivileges2 = 1 << 28,
    SetXattrExtended = 1 << 29,
    Extended = 1 << 30,
}
