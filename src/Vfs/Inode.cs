namespace Ext2Union.Vfs;

/// <summary>
/// A file-system object. Every method that hands out an inode hands out one reference with it; who holds a reference
/// calls <see cref="Release()"/> when done. An object whose last name is gone lives until its last reference is released.
/// All methods may be called from several threads at once. Errors common to all: EIO (device), EUCLEAN (corrupt).
/// </summary>
public abstract class Inode
{
    private int references = 1;

    /// <summary>Inode number, unique in its file system and fixed for the life of the object.</summary>
    public abstract ulong Number { get; }

    /// <summary>Changes when the number is given to a new object.</summary>
    public abstract uint Generation { get; }

    /// <summary>What it is; never changes.</summary>
    public abstract InodeKind Kind { get; }

    /// <summary>The file system it belongs to.</summary>
    public abstract FileSystem FileSystem { get; }

    /// <summary>References held now. Zero: only a table of its file system may still know it.</summary>
    protected internal int References => Volatile.Read(ref references);

    /// <summary>Takes one more reference. Requires: the caller holds one, or holds the lock of the table it found the inode in.</summary>
    public void Acquire() => _ = Interlocked.Increment(ref references);

    /// <summary>Gives a reference back.</summary>
    public void Release() => Release(1);

    /// <summary>Gives several references back (FUSE forgets many at once).</summary>
    public void Release(int count)
    {
        if (Interlocked.Add(ref references, -count) == 0)
        {
            LastReleased();
        }
    }

    /// <summary>
    /// The count reached zero. A table that still lists the inode may have raised it again since, so an implementation takes
    /// its table's lock, looks at <see cref="References"/> once more, and must bear being called twice.
    /// </summary>
    protected abstract void LastReleased();

    /// <summary>What stat(2) shows.</summary>
    public abstract Errno GetAttributes(out Attributes attributes);

    /// <summary>Changes attributes. Sets the change time to now unless the change names one. Errors: EROFS, EOPNOTSUPP for a flag the layer cannot hold.</summary>
    public abstract Errno SetAttributes(in AttributeChange change);

    /// <summary>
    /// Reads an extended attribute by its full name (<c>user.x</c>; ACLs as <c>system.posix_acl_access</c> in xattr form).
    /// <paramref name="length"/> is the value's length also when the answer is ERANGE; an empty buffer asks for the length alone.
    /// Errors: ENODATA, ERANGE, EOPNOTSUPP.
    /// </summary>
    public abstract Errno GetXattr(ReadOnlySpan<byte> name, Span<byte> buffer, out int length);

    /// <summary>
    /// Sets an extended attribute. A layer does not check privilege; setting <c>system.posix_acl_access</c> also sets the mode's bits.
    /// Errors: ENODATA, EEXIST, ENOSPC, E2BIG, ERANGE, EOPNOTSUPP, EROFS.
    /// </summary>
    public abstract Errno SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrFlags flags);

    /// <summary>Removes an extended attribute. Errors: ENODATA, EROFS.</summary>
    public abstract Errno RemoveXattr(ReadOnlySpan<byte> name);

    /// <summary>Lists the full names, each ended by a zero byte, trusted.* included. An empty buffer asks for the length. Errors: ERANGE.</summary>
    public abstract Errno ListXattr(Span<byte> buffer, out int length);

    /// <summary>
    /// Reads what the object is a copy of, and the path of the source inside its layer where that layer needs one to find it again
    /// (at most 4095 bytes; an empty <paramref name="path"/> asks for its length alone). Errors: ENODATA, ERANGE.
    /// </summary>
    public virtual Errno GetCopySource(Span<byte> path, out CopySource source, out int pathLength)
    {
        source = default;
        pathLength = 0;
        return Errno.ENODATA;
    }

    /// <summary>
    /// Stores what the object is a copy of. Changes no times. Durable before a name given later, and together with attributes changed later. Of the remainder in a
    /// record that is there already and the one given the smaller is kept: the file may have been cut since the record was read.
    /// Errors: EOPNOTSUPP, ENOSPC, ENAMETOOLONG for a path there is no room for, EROFS.
    /// </summary>
    public virtual Errno SetCopySource(in CopySource source, ReadOnlySpan<byte> path) => Errno.EOPNOTSUPP;

    /// <summary>An open of the object begins; <see cref="Closed"/> ends it. Errors: EROFS for <see cref="OpenMode.Write"/>; what a copy-up answers.</summary>
    public virtual Errno Opened(OpenMode mode) =>
        (mode & OpenMode.Write) != 0 && FileSystem.IsReadOnly && Kind == InodeKind.File ? Errno.EROFS : Errno.None;

    /// <summary>An open that succeeded ends.</summary>
    public virtual void Closed(OpenMode mode)
    {
    }

    /// <summary>
    /// Content and attributes are durable when it returns, and so are the directory entries that lead to a new object.
    /// <paramref name="dataOnly"/>: fdatasync(2).
    /// </summary>
    public abstract Errno Sync(bool dataOnly);
}
