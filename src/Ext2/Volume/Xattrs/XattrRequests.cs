using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <summary>The operations on extended attributes, alike for inodes of all kinds. Each takes the volume's lock.</summary>
internal static class XattrRequests
{
    /// <summary>getxattr(2).</summary>
    public static Errno Get(ref InodeCore core, ReadOnlySpan<byte> name, Span<byte> buffer, out int length)
    {
        length = 0;
        return Errno.EOPNOTSUPP;
    }

    /// <summary>setxattr(2).</summary>
    public static Errno Set(ref InodeCore core, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrFlags flags) => Errno.EOPNOTSUPP;

    /// <summary>removexattr(2).</summary>
    public static Errno Remove(ref InodeCore core, ReadOnlySpan<byte> name) => Errno.EOPNOTSUPP;

    /// <summary>listxattr(2).</summary>
    public static Errno List(ref InodeCore core, Span<byte> buffer, out int length)
    {
        length = 0;
        return Errno.None;
    }
}
