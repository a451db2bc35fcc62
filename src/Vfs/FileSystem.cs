namespace Ext2Union.Vfs;

/// <summary>A mounted file system: a layer, or a union of layers.</summary>
public abstract class FileSystem : IDisposable
{
    /// <summary>The root, without a reference of its own: valid until <see cref="Dispose()"/>.</summary>
    public abstract DirectoryInode Root { get; }

    /// <summary>Nothing can be changed.</summary>
    public abstract bool IsReadOnly { get; }

    /// <summary>Whether the tree changes only through this object, so that what was seen stays true until it changes it.</summary>
    public abstract bool IsExclusive { get; }

    /// <summary>Largest size a file can have, bytes.</summary>
    public abstract long MaximumFileBytes { get; }

    /// <summary>Finds an object by number (file handles of NFS). Hands out a reference. Errors: ESTALE when the number is free.</summary>
    public abstract Result<Inode> Find(ulong number);

    /// <summary>Who this layer is over mounts.</summary>
    public virtual LayerIdentity Identity { get; } = new(LayerKind.Passing, Guid.NewGuid().ToByteArray(), "a layer without identity");

    /// <summary>Where copies are entered by their source; null where the file system cannot be a top.</summary>
    public virtual CopyIndex? Index => null;

    /// <summary>Reads the lowers that this layer remembers as a top, in no order; none when it never was one. Errors: EUCLEAN.</summary>
    public virtual Errno ReadLowers(ICollection<RememberedLower> lowers) => Errno.None;

    /// <summary>Replaces the table of lowers. Durable before any record that names them. Errors: ENOSPC, EROFS, EOPNOTSUPP.</summary>
    public virtual Errno StoreLowers(IReadOnlyCollection<RememberedLower> lowers) => Errno.EOPNOTSUPP;

    /// <summary>What the object with a number is a copy of, without making an inode of it. For listings, so it is fast. False: nothing, or no such object.</summary>
    public virtual bool TryGetCopySource(ulong number, out CopySource source)
    {
        source = default;
        return false;
    }

    /// <summary>
    /// Finds the source of a copy again, by number or by the path that <see cref="GetSourcePath"/> gave. Whether it is still the same is for the caller to
    /// see. Hands out a reference. Errors: ESTALE.
    /// </summary>
    public virtual Result<Inode> FindSource(ulong number, ReadOnlySpan<byte> path) => Find(number);

    /// <summary>The path by which <see cref="FindSource"/> finds an inode of this layer again; none where the number suffices. Errors: ESTALE, ERANGE.</summary>
    public virtual Errno GetSourcePath(Inode inode, Span<byte> path, out int length)
    {
        length = 0;
        return Errno.None;
    }

    /// <summary>What statfs(2) shows, exact at every moment.</summary>
    public abstract Errno GetStatistics(out Statistics statistics);

    /// <summary>Everything changed so far is durable when it returns.</summary>
    public abstract Errno Sync();

    /// <summary>
    /// Makes a mounted file system read-only, with everything written and the volume marked clean, or writable again. Reading goes on meanwhile; nobody may be
    /// changing anything. Errors: EBUSY while objects without a name are in use, or while others read what is to be written; EROFS where it can never be
    /// written; EUCLEAN for a volume that has to be checked first; EOPNOTSUPP where it would have to be mounted anew for that; what the device answers.
    /// </summary>
    public virtual Errno SetReadOnly(bool readOnly) => readOnly == IsReadOnly ? Errno.None : readOnly ? Errno.EOPNOTSUPP : Errno.EROFS;

    /// <summary>
    /// Ends the mount: everything is written, the volume is marked clean. Errors: what the device answered. No call may be under way or follow.
    /// </summary>
    public abstract Errno Unmount();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of memory and descriptors. Without <see cref="Unmount"/> before it, this is a crash: nothing more is written.</summary>
    protected abstract void Dispose(bool disposing);
}
