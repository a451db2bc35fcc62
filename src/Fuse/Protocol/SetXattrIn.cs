using System.Runtime.InteropServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>fuse_setxattr_in as SETXATTR_EXT widens it; name and value follow (linux/fuse.h): 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SetXattrIn
{
    public uint Size;
    public uint Flags;
    public uint ExtraFlags;
    public uint Padding;
}
