using System.Runtime.InteropServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>fuse_out_header, before every reply; the error is a negative errno (linux/fuse.h): 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OutHeader
{
    public uint Length;
    public int Error;
    public ulong Unique;
}
