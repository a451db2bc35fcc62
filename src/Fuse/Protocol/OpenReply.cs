namespace Ext2Union.Fuse.Protocol;

/// <summary>What the answer to an open allows the kernel (linux/fuse.h, FOPEN_*).</summary>
[Flags]
internal enum OpenReply : uint
{
    None = 0,
    KeepCache = 1 << 1,
    CacheDirectory = 1 << 3,
    NoFlush = 1 << 5,
}
