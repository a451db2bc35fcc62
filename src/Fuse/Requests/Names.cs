using Ext2Union.Vfs;

namespace Ext2Union.Fuse.Requests;

/// <summary>The zero-ended names in the body of a request.</summary>
internal static class Names
{
    /// <summary>The first name, without its zero byte.</summary>
    public static ReadOnlySpan<byte> First(ReadOnlySpan<byte> body)
    {
        int end = body.IndexOf((byte)0);
        return end < 0 ? body : body[..end];
    }

    /// <summary>The name behind the first one.</summary>
    public static ReadOnlySpan<byte> Second(ReadOnlySpan<byte> body)
    {
        int end = body.IndexOf((byte)0);
        return end < 0 ? [] : First(body[(end + 1)..]);
    }

    /// <summary>Whether a layer may be asked about it; the kernel lets longer names through.</summary>
    public static Errno Check(ReadOnlySpan<byte> name) => name.Length switch
    {
        0 => Errno.EINVAL,
        > NodeRequests.MaximumNameBytes => Errno.ENAMETOOLONG,
        _ => Errno.None,
    };
}
