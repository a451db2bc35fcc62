using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>One look at a rename under the tree lock: it is refused, done, or found to need a copy-up first.</summary>
internal struct RenameStep(UnionDirectory from, UnionDirectory to, RenameFlags flags)
{
    private Inode? source;
    private Inode? target;

    private readonly bool IsExchange => (flags & RenameFlags.Exchange) != 0;

    /// <summary>Gives the references back. Requires: the tree lock is not held, for what they free may be large.</summary>
    public readonly void Release()
    {
        source?.Release();
        target?.Release();
    }

    /// <summary>Runs. With None and <paramref name="uncopied"/> nothing was done yet: that object has to be copied up.</summary>
    public Errno Run(ReadOnlySpan<byte> name, ReadOnlySpan<byte> newName, out IUnionInode? uncopied)
    {
        uncopied = null;
        Errno error = Find(name, newName);
        if (error != Errno.None || ReferenceEquals(source, target))
        {
            return error;
        }

        error = Check();
        if (error == Errno.None)
        {
            uncopied = Uncopied(source) ?? (IsExchange || Loses(target) ? Uncopied(target) : null);
        }

        if (error != Errno.None || uncopied is not null)
        {
            return error;
        }

        DirectoryCopyUp copyUp = from.State.Union.DirectoryCopyUp;
        error = DirectoryOrigin.KeepBeforeMove((IUnionInode)source!);
        error = error == Errno.None && IsExchange ? DirectoryOrigin.KeepBeforeMove((IUnionInode)target!) : error;
        error = error == Errno.None ? copyUp.MaterialiseLocked(from) : error;
        error = error == Errno.None ? copyUp.MaterialiseLocked(to) : error;
        error = error == Errno.None ? Bring(from, name, source) : error;
        error = error == Errno.None && IsExchange ? Bring(to, newName, target) : error;
        return error == Errno.None ? Move(name, newName) : error;
    }

    private static IUnionInode? Uncopied(Inode? inode) => inode is IUnionInode node and not UnionDirectory && node.State.Top is null ? node : null;

    // What is replaced keeps its other names, and needs a count of them.
    private static bool Loses(Inode? target) => target is IUnionInode node && Removal.NeedsCopy(node);

    private static bool IsInside(UnionDirectory directory, Inode? ancestor)
    {
        for (UnionDirectory? step = directory; step is not null; step = step.State.Parent)
        {
            if (ReferenceEquals(step, ancestor))
            {
                return true;
            }
        }

        return false;
    }

    private Errno Find(ReadOnlySpan<byte> name, ReadOnlySpan<byte> newName)
    {
        if (to.State.IsRemoved)
        {
            return Errno.ENOENT;
        }

        if (!NameLookup.Find(from, name).TryGet(out Inode found, out Errno error))
        {
            return error;
        }

        source = found;
        if (NameLookup.Find(to, newName).TryGet(out found, out error))
        {
            target = found;
            return (flags & RenameFlags.NoReplace) != 0 ? Errno.EEXIST : Errno.None;
        }

        return error == Errno.ENOENT && !IsExchange ? Errno.None : error;
    }

    private readonly Errno Check()
    {
        if (source is DirectoryInode && IsInside(to, source))
        {
            return Errno.EINVAL;
        }

        if (target is DirectoryInode && IsInside(from, target))
        {
            return IsExchange ? Errno.EINVAL : Errno.ENOTEMPTY;
        }

        if (!IsExchange && target is not null && source is DirectoryInode != target is DirectoryInode)
        {
            return target is DirectoryInode ? Errno.EISDIR : Errno.ENOTDIR;
        }

        bool moves = DirectoryOrigin.CanMove(source) && (!IsExchange || DirectoryOrigin.CanMove(target));
        Errno error = moves ? Removal.CheckRemovable(from, (IUnionInode)source!) : Errno.EXDEV;
        if (error == Errno.None && target is not null)
        {
            error = Removal.CheckRemovable(to, (IUnionInode)target);
            return error == Errno.None && !IsExchange && target is UnionDirectory replaced ? Removal.CheckEmpty(replaced) : error;
        }

        if (error == Errno.None)
        {
            error = AttributeAccess.ReadFlags(to, out InodeFlags toFlags);
            error = error == Errno.None ? Protection.AddName(toFlags) : error;
        }

        return error;
    }

    private readonly Errno Move(ReadOnlySpan<byte> name, ReadOnlySpan<byte> newName)
    {
        bool whiteout = false;
        Errno error = IsExchange ? Errno.None : Removal.NeedsWhiteout(from, name, out whiteout);
        SlotKind replacedSlot = SlotKind.Absent;
        error = error == Errno.None ? Removal.SlotOnTop(to, newName, out replacedSlot) : error;
        if (error == Errno.None)
        {
            RenameFlags step = (IsExchange ? RenameFlags.Exchange : RenameFlags.None) | (whiteout ? RenameFlags.Whiteout : RenameFlags.None);
            error = from.Top!.Rename(name, to.Top!, newName, step);
        }

        if (error != Errno.None)
        {
            return error;
        }

        from.Changed();
        to.Changed();
        SetPlace(source, to, newName);
        if (IsExchange)
        {
            SetPlace(target, from, name);
        }
        else if (target is not null)
        {
            Removal.Forget(to, newName, (IUnionInode)target, replacedSlot == SlotKind.Inode);
        }

        return Errno.None;
    }

    private static Errno Bring(UnionDirectory directory, ReadOnlySpan<byte> name, Inode? inode) =>
        inode is IUnionInode node and not UnionDirectory ? LinkedNames.Bring(directory, name, node) : Errno.None;

    // Only directories need to know where they stand once they are on top.
    private static void SetPlace(Inode? inode, UnionDirectory directory, ReadOnlySpan<byte> name)
    {
        if (inode is not UnionDirectory moved)
        {
            return;
        }

        UnionDirectory old = moved.State.Parent!;
        InodeFactory.SetPlace(moved, directory, name);
        old.Release();
    }
}
