using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>Puts names into a union's directory: create, mkdir, mknod, symlink, link, O_TMPFILE.</summary>
internal static class Creation
{
    /// <summary>
    /// Makes an object on top, over a whiteout or a fallthru without a target. A directory is opaque with origin none before its name can be
    /// seen, so nothing a lower once held there comes back. Requires: the tree lock is held.
    /// </summary>
    public static Result<Inode> Create(UnionDirectory directory, ReadOnlySpan<byte> name, scoped in NewInode what)
    {
        Errno error = Check(directory, name);
        error = error == Errno.None ? directory.State.Union.DirectoryCopyUp.MaterialiseLocked(directory) : error;
        if (error != Errno.None)
        {
            return error;
        }

        NewInode made = what;
        made.Opaque = what.Kind == InodeKind.Directory;
        if (!directory.Top!.Create(name, made).TryGet(out Inode created, out error))
        {
            return error;
        }

        directory.Changed();
        return InodeFactory.Adopt(directory, name, new Found(created, 0, -1));
    }

    /// <summary>Makes an object without a name on top. Requires: the tree lock is held.</summary>
    public static Result<Inode> CreateDetached(UnionDirectory directory, scoped in NewInode what)
    {
        UnionFileSystem union = directory.State.Union;
        if (union.IsReadOnly)
        {
            return Errno.EROFS;
        }

        DirectoryInode home = directory.Top ?? union.Top!.Root;
        return home.CreateDetached(what).TryGet(out Inode created, out Errno error) ? InodeFactory.AdoptNameless(union, created, 0) : error;
    }

    /// <summary>Gives an object one more name; it is copied up first. Requires: the tree lock is not held.</summary>
    public static Errno Link(UnionDirectory directory, ReadOnlySpan<byte> name, Inode target)
    {
        UnionFileSystem union = directory.State.Union;
        if (target is not IUnionInode node || !ReferenceEquals(node.State.Union, union))
        {
            return Errno.EXDEV;
        }

        Errno error;
        using (union.Tree.Enter())
        {
            error = Check(directory, name);
        }

        error = error == Errno.None && node is UnionDirectory ? Errno.EPERM : error;
        error = error == Errno.None ? AttributeAccess.ReadFlags(node, out InodeFlags flags) : NoFlags(error, out flags);
        error = error == Errno.None ? Protection.LinkTo(flags) : error;
        error = error == Errno.None ? union.EnsureTop(node, long.MaxValue) : error;
        if (error != Errno.None)
        {
            return error;
        }

        using (union.Tree.Enter())
        {
            error = Check(directory, name);
            error = error == Errno.None ? union.DirectoryCopyUp.MaterialiseLocked(directory) : error;
            error = error == Errno.None ? LinkedNames.Revive(ref node.State) : error;
            error = error == Errno.None ? directory.Top!.Link(name, node.State.Top!) : error;
            if (error == Errno.None)
            {
                node.State.IsRemoved = false;
                directory.Changed();
                union.PlaceSearch.NoteMove();
            }

            return error;
        }
    }

    private static Errno NoFlags(Errno error, out InodeFlags flags)
    {
        flags = InodeFlags.None;
        return error;
    }

    // A refused call leaves no trace: all that can refuse it is asked before anything is written.
    private static Errno Check(UnionDirectory directory, ReadOnlySpan<byte> name)
    {
        if (directory.State.IsRemoved)
        {
            return Errno.ENOENT;
        }

        Errno error = NameLookup.Resolve(directory, name, out Found found);
        if (error == Errno.None)
        {
            found.Inode.Release();
            return Errno.EEXIST;
        }

        if (error != Errno.ENOENT)
        {
            return error;
        }

        error = AttributeAccess.ReadFlags(directory, out InodeFlags flags);
        return error == Errno.None ? Protection.AddName(flags) : error;
    }
}
