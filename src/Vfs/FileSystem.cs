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

    /// <summary>What statfs(2) shows, exact at every moment.</summary>
    public abstract Errno GetStatistics(out Statistics statistics);

    /// <summary>Everything changed so far is durable when it returns.</summary>
    public abstract Errno Sync();

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
