using System.Runtime.InteropServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>fuse_dirent; the name follows, filled up to 8 bytes (linux/fuse.h): 24 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ListedEntry
{
    public ulong Inode;
    public ulong Offset;
    public uint NameLength;
    public uint Kind;
}
