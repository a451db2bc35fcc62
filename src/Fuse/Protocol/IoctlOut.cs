using System.Runtime.InteropServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>fuse_ioctl_out; the answer's bytes follow (linux/fuse.h): 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IoctlOut
{
    public int Result;
    public uint Flags;
    public uint InVectors;
    public uint OutVectors;
}
