using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mount.OverlayMarks;

/// <summary>The attributes in which overlayfs keeps its marks: trusted.overlay.*, or user.overlay.* where it was mounted with userxattr.</summary>
internal static class OverlayAttributes
{
    /// <summary>Whether a name is one of overlayfs' own.</summary>
    public static bool IsOwn(ReadOnlySpan<byte> name) => name.StartsWith("trusted.overlay."u8) || name.StartsWith("user.overlay."u8);

    /// <summary>The one letter of overlay.opaque: 'y' for opaque, 'x' for a directory with files that stand for whiteouts; 0 for none.</summary>
    public static byte OpaqueOf(Inode directory)
    {
        Span<byte> value = stackalloc byte[8];
        Errno error = directory.GetXattr("trusted.overlay.opaque"u8, value, out int length);
        error = error == Errno.None ? error : directory.GetXattr("user.overlay.opaque"u8, value, out length);
        return error == Errno.None && length == 1 ? value[0] : (byte)0;
    }

    /// <summary>Whether a file without content stands for a whiteout.</summary>
    public static bool IsWhiteout(Inode file) => Has(file, "trusted.overlay.whiteout"u8, "user.overlay.whiteout"u8);

    /// <summary>Whether a directory's content lies elsewhere.</summary>
    public static bool IsRedirected(Inode directory) => Has(directory, "trusted.overlay.redirect"u8, "user.overlay.redirect"u8);

    /// <summary>Whether a file's content lies elsewhere.</summary>
    public static bool IsMetadataOnly(Inode file) => Has(file, "trusted.overlay.metacopy"u8, "user.overlay.metacopy"u8);

    private static bool Has(Inode inode, ReadOnlySpan<byte> name, ReadOnlySpan<byte> otherName) =>
        inode.GetXattr(name, [], out _) == Errno.None || inode.GetXattr(otherName, [], out _) == Errno.None;
}
