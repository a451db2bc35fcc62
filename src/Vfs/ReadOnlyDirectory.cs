namespace Ext2Union.Vfs;

/// <summary>A directory of a layer that can only be a lower: whatever would change it is EROFS.</summary>
public abstract class ReadOnlyDirectory : LayerDirectory
{
    /// <inheritdoc/>
    public sealed override Errno SetAttributes(in AttributeChange change) => Errno.EROFS;

    /// <inheritdoc/>
    public sealed override Errno SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrFlags flags) => Errno.EROFS;

    /// <inheritdoc/>
    public sealed override Errno RemoveXattr(ReadOnlySpan<byte> name) => Errno.EROFS;

    /// <inheritdoc/>
    public sealed override Result<Inode> Create(ReadOnlySpan<byte> name, in NewInode what) => Errno.EROFS;

    /// <inheritdoc/>
    public sealed override Result<Inode> CreateDetached(in NewInode what) => Errno.EROFS;

    /// <inheritdoc/>
    public sealed override Result<Inode> CreateDetachedDirectory(in NewInode what) => Errno.EROFS;

    /// <inheritdoc/>
    public sealed override Errno Install(ReadOnlySpan<byte> name, Inode detached) => Errno.EROFS;

    /// <inheritdoc/>
    public sealed override Errno Link(ReadOnlySpan<byte> name, Inode target) => Errno.EROFS;

    /// <inheritdoc/>
    public sealed override Errno Unlink(ReadOnlySpan<byte> name) => Errno.EROFS;

    /// <inheritdoc/>
    public sealed override Errno RemoveDirectory(ReadOnlySpan<byte> name) => Errno.EROFS;

    /// <inheritdoc/>
    public sealed override Errno Rename(ReadOnlySpan<byte> name, DirectoryInode to, ReadOnlySpan<byte> newName, RenameFlags flags) => Errno.EROFS;

    /// <inheritdoc/>
    public sealed override Errno SetOpaque(bool opaque) => Errno.EROFS;

    /// <inheritdoc/>
    public sealed override Errno SetOrigin(OriginKind kind, ReadOnlySpan<byte> path) => Errno.EROFS;

    /// <inheritdoc/>
    public sealed override Errno PutWhiteout(ReadOnlySpan<byte> name) => Errno.EROFS;

    /// <inheritdoc/>
    public sealed override Errno PutFallthru(ReadOnlySpan<byte> name) => Errno.EROFS;

    /// <inheritdoc/>
    public sealed override Errno RemoveMark(ReadOnlySpan<byte> name) => Errno.EROFS;
}
