using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// Brings directories to the top: materialises them when something must go into them, and seals them (copies the names below as fallthrus, then
/// sets opaque) when they are listed. Neither changes anything that a user could see, nor the times of a parent.
/// </summary>
internal sealed class DirectoryCopyUp(UnionFileSystem union)
{
    private bool sealingFailed;

    /// <summary>
    /// Makes a directory exist on top, its parents first. Errors: EROFS, ENOENT when it was removed, what the top answers; then the
    /// directory is not on top. Requires: the tree lock is held.
    /// </summary>
    public Errno MaterialiseLocked(UnionDirectory directory)
    {
        if (union.IsReadOnly)
        {
            return Errno.EROFS;
        }

        if (directory.State.IsRemoved)
        {
            return Errno.ENOENT;
        }

        while (directory.Top is null)
        {
            UnionDirectory highest = directory;
            while (highest.State.Parent is { Top: null } parent)
            {
                highest = parent;
            }

            Errno error = MaterialiseOne(highest);
            if (error != Errno.None)
            {
                return error;
            }
        }

        return Errno.None;
    }

    /// <summary>
    /// Gives a removed directory that somebody holds open a place on top without a name, so that its attributes can be changed by descriptor. It goes with
    /// its last reference. Errors: EROFS, what the top answers. Requires: the tree lock is held, the directory was removed and is not on top.
    /// </summary>
    public Errno MaterialiseRemovedLocked(UnionDirectory directory)
    {
        if (union.IsReadOnly)
        {
            return Errno.EROFS;
        }

        Inode source = directory.Twins[0].Directory;
        Errno error = source.GetAttributes(out Attributes attributes);
        var what = new NewInode { Mode = attributes.Mode, UserId = attributes.UserId, GroupId = attributes.GroupId };
        LayerDirectory anyDirectory = ((UnionDirectory)union.Root).Top!;
        if (error != Errno.None || !anyDirectory.CreateDetachedDirectory(what).TryGet(out Inode created, out error))
        {
            return error;
        }

        error = AttributeCopy.Run(source, created, out _);
        if (error != Errno.None)
        {
            created.Release();
            return error;
        }

        // The table is not told: nobody can look it up on top, and its number there is free as soon as it goes.
        Volatile.Write(ref directory.State.Top, created);
        return Errno.None;
    }

    /// <summary>
    /// Copies the names that show from below as fallthrus, and sets opaque last: were it first, names not yet copied would be lost if we stopped
    /// in between. Where the top has no room or fails the directory stays transparent, and the fallthrus put so far say what it says anyway: a
    /// listing does not fail for it. Requires: the tree lock is held, the directory is on top and not opaque.
    /// </summary>
    public void SealLocked(UnionDirectory directory)
    {
        LayerDirectory top = directory.Top!;
        using var below = new MergedListing();
        Errno error = below.Read(union, null, directory.Twins, stopAtFirst: false);
        for (int i = 0; error == Errno.None && i < below.Count; i++)
        {
            error = top.PutFallthru(below.NameAt(i));
            if (error == Errno.EEXIST)
            {
                error = Errno.None;
            }
        }

        if (error == Errno.None)
        {
            error = top.SetOpaque(true);
        }

        if (error != Errno.None && !sealingFailed)
        {
            sealingFailed = true;
            union.Options.Log.Report($"union: names of directory {directory.Number} could not be stored on the top ({error}); listings are merged in memory");
        }
    }

    private Errno MaterialiseOne(UnionDirectory directory)
    {
        LayerDirectory parent = directory.State.Parent!.Top!;
        Inode source = directory.Twins[0].Directory;
        Errno error = union.LayerNumbers.EnsureStored();
        Attributes attributes = default;
        error = error == Errno.None ? source.GetAttributes(out attributes) : error;
        var what = new NewInode { Mode = attributes.Mode, UserId = attributes.UserId, GroupId = attributes.GroupId };
        if (error != Errno.None || !parent.CreateDetachedDirectory(what).TryGet(out Inode created, out error))
        {
            return error;
        }

        // The name comes last, and takes the place of a fallthru in the same step: in an opaque parent a name that is gone for a moment is lost to a kill.
        error = union.LayerNumbers.KeepsRecords ? Record(directory, created) : Errno.None;
        error = error == Errno.None ? AttributeCopy.Run(source, created, out _) : error;
        error = error == Errno.None ? parent.Install(directory.State.Name, created) : error;
        if (error != Errno.None)
        {
            created.Release();
            return error;
        }

        Volatile.Write(ref directory.State.Top, created);
        return Errno.None;
    }

    // It keeps its number by this. A top that cannot hold the record holds the directory all the same.
    private Errno Record(UnionDirectory directory, Inode created)
    {
        Twin highest = directory.Twins[0];
        var source = new CopySource
        {
            Layer = union.LayerNumbers.Of(highest.Layer),
            Inode = highest.Directory.Number,
            Generation = highest.Directory.Generation,
        };
        Errno error = created.SetCopySource(source, []);
        return error == Errno.EOPNOTSUPP ? Errno.None : error;
    }
}
