namespace Ext2Union.Vfs;

/// <summary>
/// A directory. Names are 1 to 255 bytes without '/' and zero; "." and ".." are no names here (see <see cref="Parent"/>).
/// A refused call changes nothing.
/// </summary>
public abstract class DirectoryInode : Inode
{
    /// <inheritdoc/>
    public sealed override InodeKind Kind => InodeKind.Directory;

    /// <summary>Finds a name. Hands out a reference. Errors: ENOENT.</summary>
    public abstract Result<Inode> Lookup(ReadOnlySpan<byte> name);

    /// <summary>
    /// Finds a name that <see cref="Enumerate"/> has just delivered with this number; a layer may save the search when the
    /// number still answers for the name. Hands out a reference. Errors: ENOENT.
    /// </summary>
    public virtual Result<Inode> LookupListed(ReadOnlySpan<byte> name, ulong inode, InodeKind kind) => Lookup(name);

    /// <summary>The directory above; the root's is the root. Hands out a reference. Errors: ESTALE when it was removed.</summary>
    public abstract Result<DirectoryInode> Parent();

    /// <summary>Makes an object of any kind under a new name. Hands out a reference. Errors: EEXIST, ENOSPC, EMLINK, EROFS, ENOENT when this directory was removed.</summary>
    public abstract Result<Inode> Create(ReadOnlySpan<byte> name, in NewInode what);

    /// <summary>
    /// Makes an object without a name (O_TMPFILE, copy-up). It goes when its last reference is released unless <see cref="Link"/> names it first.
    /// Not for directories: EISDIR.
    /// </summary>
    public abstract Result<Inode> CreateDetached(in NewInode what);

    /// <summary>Gives an object of this file system one more name. Errors: EEXIST, EMLINK, EPERM for a directory, EXDEV for a stranger's inode, ENOSPC, EROFS.</summary>
    public abstract Errno Link(ReadOnlySpan<byte> name, Inode target);

    /// <summary>Removes a name that is not a directory's. Errors: ENOENT, EISDIR, EROFS.</summary>
    public abstract Errno Unlink(ReadOnlySpan<byte> name);

    /// <summary>Removes an empty directory. Errors: ENOENT, ENOTDIR, ENOTEMPTY, EROFS.</summary>
    public abstract Errno RemoveDirectory(ReadOnlySpan<byte> name);

    /// <summary>
    /// renameat2(2). One atomic step for whoever looks: the new name is there before the old one goes.
    /// Errors: ENOENT, EEXIST, EISDIR, ENOTDIR, ENOTEMPTY, EINVAL (a directory into itself), EMLINK, ENOSPC, EXDEV, EROFS.
    /// </summary>
    public abstract Errno Rename(ReadOnlySpan<byte> name, DirectoryInode to, ReadOnlySpan<byte> newName, RenameFlags flags);

    /// <summary>
    /// Delivers the entries behind <paramref name="cookie"/> (0: from the start), without "." and "..". Cookies are positive and survive inserts,
    /// deletes and splits: what was there all the time is delivered exactly once.
    /// </summary>
    public abstract Errno Enumerate(long cookie, DirectorySink sink);
}
