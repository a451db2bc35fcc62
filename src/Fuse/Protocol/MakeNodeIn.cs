using System.Runtime.InteropServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>fuse_mknod_in; the name follows (linux/fuse.h): 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MakeNodeIn
{
    public uint Mode;
    public uint Device;
    public uint Umask;
    public uint Padding;
}
