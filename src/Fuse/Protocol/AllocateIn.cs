using System.Runtime.InteropServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>fuse_fallocate_in (linux/fuse.h): 32 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AllocateIn
{
    public ulong Handle;
    public ulong Offset;
    public ulong Length;
    public uint Mode;
    public uint Padding;
}
