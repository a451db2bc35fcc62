using System.Runtime.InteropServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>fuse_attr_out (linux/fuse.h): 104 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AttributesOut
{
    public ulong ValidSeconds;
    public uint ValidNanoseconds;
    public uint Padding;
    public NodeAttributes Attributes;
}
