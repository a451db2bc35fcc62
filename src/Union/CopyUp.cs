using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// Brings files, symlinks and special files to the top without anything to undo: <see cref="CopyBuild"/> makes a detached inode, then one change of
/// a directory names it (and consumes the fallthru there). Before that change the lower object is what everyone sees, after it the whole
/// copy; a failure or a crash leaves an inode without a name, which the top frees. Data is copied without the tree lock.
/// </summary>
internal sealed class CopyUp
{
    private const int StripeCount = 64;

    private readonly UnionFileSystem union;
    private readonly RankedLock[] stripes = new RankedLock[StripeCount];

    public CopyUp(UnionFileSystem union)
    {
        this.union = union;
        for (int i = 0; i < stripes.Length; i++)
        {
            stripes[i] = new RankedLock(LockRank.CopyUp);
        }
    }

    /// <summary>The lock under which an object is copied up, and under which the content of an incomplete copy is changed.</summary>
    public RankedLock LockOf(ulong number) => stripes[number % StripeCount];

    /// <summary>Copies an object up, at most <paramref name="limit"/> bytes of its data. Nothing happens when it is on top. Requires: the tree lock is not held.</summary>
    public Errno Run(IUnionInode node, long limit)
    {
        if (union.IsReadOnly)
        {
            return Errno.EROFS;
        }

        using (LockOf(node.State.Number).Enter())
        {
            if (node.State.Top is not null)
            {
                using (union.Tree.Enter())
                {
                    return union.LinkNames.Link(node);
                }
            }

            Inode home = NearestOnTop(node);
            Errno error = CopyBuild.Run(node, (LayerDirectory)home, limit, out Inode? detached);
            home.Release();
            if (error != Errno.None)
            {
                return error;
            }

            UnionDirectory? parent;
            using (union.Tree.Enter())
            {
                error = InstallLocked(node, detached!, out parent);
            }

            parent?.Release();
            if (error != Errno.None)
            {
                detached!.Release();
            }

            return error;
        }
    }

    // The copy is begun before the parents are materialised, for it is the part that fails when the top is full: the nearest directory lends its place.
    private Inode NearestOnTop(IUnionInode node)
    {
        using (union.Tree.Enter())
        {
            UnionDirectory? directory = node.State.Parent;
            while (directory is { Top: null })
            {
                directory = directory.State.Parent;
            }

            Inode home = directory?.Top ?? union.Top!.Root;
            home.Acquire();
            return home;
        }
    }

    private Errno InstallLocked(IUnionInode node, Inode detached, out UnionDirectory? parent)
    {
        ref UnionState state = ref node.State;
        parent = null;
        Errno error = state.Lower!.GetAttributes(out Attributes attributes);
        long links = (long)attributes.LinkCount + state.LinkOffset;
        if (error != Errno.None)
        {
            return error;
        }

        if (!state.IsRemoved)
        {
            if (state.Parent is null)
            {
                union.LinkNames.ChoosePlace(node);
            }

            // A number alone (an NFS handle from before) does not tell which name the copy is to stand under.
            error = state.Parent is null ? Errno.ESTALE : union.DirectoryCopyUp.MaterialiseLocked(state.Parent);
            error = error == Errno.None ? state.Parent!.Top!.Install(state.Name, detached) : error;
            links--;
        }

        if (error == Errno.None)
        {
            state.LinkOffset = (int)Math.Max(0, links);
            parent = state.Parent;
            state.Parent = null;
            state.Name = null;
            union.Table.CopiedUp(ref state, detached);
            Volatile.Write(ref state.Top, detached);
            if (state.HasLinkNames)
            {
                // The copy stands; a name that could not follow is tried again at the next change.
                _ = union.LinkNames.Link(node);
            }
        }

        return error;
    }
}
