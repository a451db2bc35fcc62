using System.Runtime.InteropServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>fuse_mkdir_in; the name follows (linux/fuse.h): 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MakeDirectoryIn
{
    public uint Mode;
    public uint Umask;
}
