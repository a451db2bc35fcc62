using System.Runtime.InteropServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>fuse_statx_in (linux/fuse.h): 24 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StatxIn
{
    public uint GetAttributesFlags;
    public uint Reserved;
    public ulong Handle;
    public uint Flags;
    public uint Mask;
}
