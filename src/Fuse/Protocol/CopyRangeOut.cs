using System.Runtime.InteropServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>fuse_copy_file_range_out, the answer to the 64-bit form (linux/fuse.h): 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CopyRangeOut
{
    public ulong Copied;
}
