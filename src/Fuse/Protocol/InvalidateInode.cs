using System.Runtime.InteropServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>A notice that the content or attributes of a node are stale: fuse_out_header with a code for error, then fuse_notify_inval_inode_out (linux/fuse.h): 40 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct InvalidateInode
{
    /// <summary>FUSE_NOTIFY_INVAL_INODE.</summary>
    public const int NoticeCode = 2;

    public uint Length;
    public int Code;
    public ulong Unique;
    public ulong Node;
    // Negative: attributes alone.
    public long Offset;
    public long Extent;
}
