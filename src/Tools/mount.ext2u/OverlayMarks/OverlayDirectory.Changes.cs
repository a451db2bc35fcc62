using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mount.OverlayMarks;

/// <content>A lower is never written.</content>
internal sealed partial class OverlayDirectory
{
    /// <inheritdoc/>
    public override Errno SetAttributes(in AttributeChange change) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrFlags flags) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno RemoveXattr(ReadOnlySpan<byte> name) => Errno.EROFS;

    /// <inheritdoc/>
    public override Result<Inode> Create(ReadOnlySpan<byte> name, in NewInode what) => Errno.EROFS;

    /// <inheritdoc/>
    public override Result<Inode> CreateDetached(in NewInode what) => Errno.EROFS;

    /// <inheritdoc/>
    public override Result<Inode> CreateDetachedDirectory(in NewInode what) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno Install(ReadOnlySpan<byte> name, Inode detached) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno Link(ReadOnlySpan<byte> name, Inode target) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno Unlink(ReadOnlySpan<byte> name) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno RemoveDirectory(ReadOnlySpan<byte> name) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno Rename(ReadOnlySpan<byte> name, DirectoryInode to, ReadOnlySpan<byte> newName, RenameFlags flags) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno SetOpaque(bool opaque) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno SetOrigin(OriginKind kind, ReadOnlySpan<byte> path) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno PutWhiteout(ReadOnlySpan<byte> name) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno PutFallthru(ReadOnlySpan<byte> name) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno RemoveMark(ReadOnlySpan<byte> name) => Errno.EROFS;
}
