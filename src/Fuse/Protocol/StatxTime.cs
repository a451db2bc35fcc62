using System.Runtime.InteropServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>fuse_sx_time (linux/fuse.h): 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StatxTime
{
    public long Seconds;
    public uint Nanoseconds;
    public int Reserved;
}
