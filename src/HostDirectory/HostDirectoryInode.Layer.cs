using Ext2Union.Vfs;

namespace Ext2Union.HostDirectory;

/// <summary>What a union asks of a layer: nothing is marked here and nothing can be changed.</summary>
internal sealed partial class HostDirectoryInode
{
    /// <inheritdoc/>
    public override bool IsOpaque => false;

    /// <inheritdoc/>
    public override Errno GetOrigin(Span<byte> path, out OriginKind kind, out int length)
    {
        kind = OriginKind.Natural;
        length = 0;
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Result<Slot> Peek(ReadOnlySpan<byte> name)
    {
        Result<Inode> found = Lookup(name);
        return found.Succeeded ? Slot.Of(found.Value) : found.Error == Errno.ENOENT ? Slot.Absent : found.Error;
    }

    /// <inheritdoc/>
    public override Result<Inode> Create(ReadOnlySpan<byte> name, in NewInode what) => Errno.EROFS;

    /// <inheritdoc/>
    public override Result<Inode> CreateDetached(in NewInode what) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno Link(ReadOnlySpan<byte> name, Inode target) => Errno.EROFS;

    /// <inheritdoc/>
    public override Result<Inode> CreateDetachedDirectory(in NewInode what) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno Install(ReadOnlySpan<byte> name, Inode detached) => Errno.EROFS;

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
