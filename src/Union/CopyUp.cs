using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// Brings files, symlinks and special files to the top without anything to undo: <see cref="CopyBuild"/> makes a detached inode, then one change of
/// a directory names it (and consumes the fallthru there), or one change of the index does when the object has several names. Before that change the lower object is what everyone sees, after it the whole
/// copy; a failure or a crash leaves an inode without a name, which the top frees. Data is copied without the tree lock.
/// </summary>
internal sealed class CopyUp
{
    private const int StripeCount = 64;

    private readonly UnionFileSystem union;
    private bool lacksIndex;
    private readonly RankedLock[] stripes = new RankedLock[StripeCount];

    public CopyUp(UnionFileSystem union)
    {
        this.union = union;
        for (int i = 0; i < stripes.Length; i++)
        {
            stripes[i] = new RankedLock(LockRank.CopyUp);
        }
    }

    /// <summary>Copies an object up, at most <paramref name="limit"/> bytes of its data. Nothing happens when it is on top. Requires: the tree lock is not held.</summary>
    public Errno Run(IUnionInode node, long limit)
    {
        if (union.IsReadOnly)
        {
            return Errno.EROFS;
        }

        using (stripes[node.State.Number % StripeCount].Enter())
        {
            if (node.State.Top is not null)
            {
                return Errno.None;
            }

            Errno error = union.LayerNumbers.EnsureStored();
            if (error != Errno.None)
            {
                return error;
            }

            Inode home = NearestOnTop(node);
            error = CopyBuild.Run(node, (LayerDirectory)home, limit, out Inode? detached);
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

        bool isIndexed = false;
        if (!state.IsRemoved)
        {
            error = links > 1 ? Enter(ref state, links, detached, out isIndexed) : Errno.None;
            error = error == Errno.None && !isIndexed ? Name(ref state, detached) : error;
            links--;
        }

        if (error == Errno.None)
        {
            state.LinkOffset = (int)Math.Max(0, links);
            state.IsIndexed = isIndexed;
            parent = state.Parent;
            state.Parent = null;
            state.Name = null;
            Volatile.Write(ref state.Top, detached);
        }

        return error;
    }

    // One step turns all names to the copy, wherever they are. A top without an index leaves the others to the lower.
    private Errno Enter(ref UnionState state, long links, Inode detached, out bool entered)
    {
        entered = false;
        if (!union.LayerNumbers.KeepsRecords || union.Top!.Index is not { } index)
        {
            return Errno.None;
        }

        Errno error = CopyRecord.SetNames(detached, true, (uint)Math.Min(links, uint.MaxValue));
        if (error != Errno.None)
        {
            return error == Errno.ENODATA ? Errno.None : error;
        }

        error = index.Put(union.LayerNumbers.Of(state.LowerPlace), state.Lower!.Number, detached);
        if (error == Errno.EEXIST)
        {
            // Lookup found that the entry is no copy of this object, so a rebuilt lower has given the number to another.
            union.Options.Log.Report($"union: inode {state.Lower.Number} of lower {state.LowerPlace} cannot be copied: the top holds the copy of another that had its number");
            return Errno.EIO;
        }

        if (error == Errno.EOPNOTSUPP)
        {
            ReportNoIndex();
            return CopyRecord.SetNames(detached, false, 0);
        }

        entered = error == Errno.None;
        return error;
    }

    private void ReportNoIndex()
    {
        if (!lacksIndex)
        {
            lacksIndex = true;
            union.Options.Log.Report("union: something in the root of the top has the name of the index of copies; names of linked lower files fall apart when one is changed. "
                + "Unmount, mount the top alone and rename /.ext2u-index");
        }
    }

    private Errno Name(ref UnionState state, Inode detached)
    {
        // A number alone (an NFS handle from before) does not tell which name the copy is to stand under.
        Errno error = state.Parent is null ? Errno.ESTALE : union.DirectoryCopyUp.MaterialiseLocked(state.Parent);
        return error == Errno.None ? state.Parent!.Top!.Install(state.Name, detached) : error;
    }
}
