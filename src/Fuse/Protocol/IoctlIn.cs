using System.Runtime.InteropServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>fuse_ioctl_in; the argument's bytes follow (linux/fuse.h): 32 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IoctlIn
{
    public ulong Handle;
    public uint Flags;
    public uint Command;
    public ulong Argument;
    public uint InSize;
    public uint OutSize;
}
