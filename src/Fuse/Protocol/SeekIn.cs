using System.Runtime.InteropServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>fuse_lseek_in (linux/fuse.h): 24 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SeekIn
{
    public ulong Handle;
    public ulong Offset;
    public uint Whence;
    public uint Padding;
}
