using System.Runtime.InteropServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>fuse_fsync_in (linux/fuse.h): 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SynchronizeIn
{
    public ulong Handle;
    public uint Flags;
    public uint Padding;
}
