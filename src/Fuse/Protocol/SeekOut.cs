using System.Runtime.InteropServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>fuse_lseek_out (linux/fuse.h): 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SeekOut
{
    public ulong Offset;
}
