using System.Runtime.InteropServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>fuse_copy_file_range_in (linux/fuse.h): 56 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CopyRangeIn
{
    public ulong HandleIn;
    public ulong OffsetIn;
    public ulong NodeOut;
    public ulong HandleOut;
    public ulong OffsetOut;
    public ulong Length;
    public ulong Flags;
}
