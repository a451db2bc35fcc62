using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs;

/// <summary>Links, removals and renames.</summary>
internal sealed partial class TmpfsDirectory
{
    /// <inheritdoc/>
    public override Errno Link(ReadOnlySpan<byte> name, Inode target)
    {
        using RankedLock.Scope scope = Layer.Gate.Enter();
        Errno error = LinkLocked(name, target, out ITmpfsInode? linked);
        if (error == Errno.None)
        {
            linked!.Record.TouchLocked();
            Record.TouchContentLocked();
        }

        return error;
    }

    /// <inheritdoc/>
    public override Result<Inode> CreateDetachedDirectory(in NewInode what)
    {
        using RankedLock.Scope scope = Layer.Gate.Enter();
        if (Record.IsRemoved)
        {
            return Errno.ENOENT;
        }

        Errno error = Layer.MakeInode(what, this, false, out ITmpfsInode? made);
        if (error != Errno.None)
        {
            return error;
        }

        made!.Record.LinkCount = 0;
        return made.AsInode;
    }

    /// <inheritdoc/>
    public override Errno Install(ReadOnlySpan<byte> name, Inode detached)
    {
        using RankedLock.Scope scope = Layer.Gate.Enter();
        return LinkLocked(name, detached, out _, asCopy: true);
    }

    /// <inheritdoc/>
    public override Errno Unlink(ReadOnlySpan<byte> name)
    {
        using RankedLock.Scope scope = Layer.Gate.Enter();
        int index = entries.Find(name);
        if (index < 0 || entries[index].Inode is not { } victim)
        {
            return Errno.ENOENT;
        }

        Errno error = victim is TmpfsDirectory ? Errno.EISDIR : Protection.RemoveName(Record.Flags, victim.Record.Flags);
        if (error == Errno.None)
        {
            entries.RemoveAt(index);
            LoseName(victim);
            Record.TouchContentLocked();
        }

        return error;
    }

    /// <inheritdoc/>
    public override Errno RemoveDirectory(ReadOnlySpan<byte> name)
    {
        using RankedLock.Scope scope = Layer.Gate.Enter();
        int index = entries.Find(name);
        if (index < 0 || entries[index].Inode is not { } victim)
        {
            return Errno.ENOENT;
        }

        Errno error = victim is TmpfsDirectory directory ? CheckRemovable(directory) : Errno.ENOTDIR;
        if (error == Errno.None)
        {
            entries.RemoveAt(index);
            LoseName(victim);
            Record.TouchContentLocked();
        }

        return error;
    }

    /// <inheritdoc/>
    public override Errno Rename(ReadOnlySpan<byte> name, DirectoryInode to, ReadOnlySpan<byte> newName, RenameFlags flags)
    {
        if ((flags & RenameFlags.Exchange) != 0 && flags != RenameFlags.Exchange)
        {
            return Errno.EINVAL;
        }

        if (to is not TmpfsDirectory target || target.Layer != Layer)
        {
            return Errno.EXDEV;
        }

        using RankedLock.Scope scope = Layer.Gate.Enter();
        int source = entries.Find(name);
        if (source < 0 || entries[source].Inode is not { } moving)
        {
            return Errno.ENOENT;
        }

        int index = target.entries.Find(newName);
        ITmpfsInode? victim = index >= 0 ? target.entries[index].Inode : null;
        Errno error = CheckRename(moving, target, victim, flags);
        if (error != Errno.None || moving == victim)
        {
            return error;
        }

        if ((flags & RenameFlags.Exchange) != 0)
        {
            Exchange(source, moving, target, index, victim!);
            return Errno.None;
        }

        bool replacesMark = index >= 0 && victim is null;
        if ((flags & RenameFlags.Whiteout) != 0 && !replacesMark && !Layer.HasFreeInode)
        {
            return Errno.ENOSPC;
        }

        Move(name, moving, target, newName, victim, flags);
        return Errno.None;
    }

    private Errno LinkLocked(ReadOnlySpan<byte> name, Inode target, out ITmpfsInode? linked, bool asCopy = false)
    {
        linked = target as ITmpfsInode;
        if (linked is null || linked.Record.FileSystem != Layer)
        {
            return Errno.EXDEV;
        }

        Errno error = CheckNewName(name, asCopy, out int mark);
        if (error != Errno.None)
        {
            return error;
        }

        InodeRecord record = linked.Record;
        error = linked is TmpfsDirectory directory && !(asCopy && IsDetachedHere(directory)) ? Errno.EPERM
            : record.IsRemoved ? Errno.ENOENT
            : record.LinkCount >= InodeRecord.MaximumLinks ? Errno.EMLINK
            : asCopy ? Errno.None
            : Protection.LinkTo(record.Flags);
        if (error == Errno.None)
        {
            Layer.ReleaseInodes(mark >= 0 ? 1 : 0);
            PutInode(name, mark, linked);
            record.LinkCount += linked is TmpfsDirectory ? 2u : 1u;
            Record.LinkCount += linked is TmpfsDirectory ? 1u : 0u;
        }

        return error;
    }

    private bool IsDetachedHere(TmpfsDirectory directory) =>
        directory.Record is { LinkCount: 0, IsRemoved: false } && directory.parent == this;

    // do_renameat2 and vfs_rename, in their order.
    private Errno CheckRename(ITmpfsInode moving, TmpfsDirectory target, ITmpfsInode? victim, RenameFlags flags)
    {
        bool exchange = (flags & RenameFlags.Exchange) != 0;
        if (target.Record.IsRemoved || (exchange && victim is null))
        {
            return Errno.ENOENT;
        }

        if ((flags & RenameFlags.NoReplace) != 0 && victim is not null)
        {
            return Errno.EEXIST;
        }

        if (moving is TmpfsDirectory movingDirectory && target.IsWithin(movingDirectory))
        {
            return Errno.EINVAL;
        }

        if (victim is TmpfsDirectory victimAbove && IsWithin(victimAbove))
        {
            return exchange ? Errno.EINVAL : Errno.ENOTEMPTY;
        }

        if (moving == victim)
        {
            return Errno.None;
        }

        Errno error = Protection.RemoveName(Record.Flags, moving.Record.Flags);
        if (error != Errno.None)
        {
            return error;
        }

        if (victim is null)
        {
            return Protection.AddName(target.Record.Flags);
        }

        error = Protection.RemoveName(target.Record.Flags, victim.Record.Flags);
        if (error != Errno.None || exchange)
        {
            return error;
        }

        return (moving is TmpfsDirectory, victim is TmpfsDirectory) switch
        {
            (true, false) => Errno.ENOTDIR,
            (false, true) => Errno.EISDIR,
            (true, true) => target.CheckRemovable((TmpfsDirectory)victim),
            _ => Errno.None,
        };
    }

    private void Exchange(int source, ITmpfsInode moving, TmpfsDirectory target, int index, ITmpfsInode victim)
    {
        entries.Replace(source, SlotKind.Inode, victim);
        target.entries.Replace(index, SlotKind.Inode, moving);
        Reparent(moving, target);
        target.Reparent(victim, this);
        TouchBoth(target);
        moving.Record.TouchLocked();
        victim.Record.TouchLocked();
    }

    private void Move(
        ReadOnlySpan<byte> name, ITmpfsInode moving, TmpfsDirectory target, ReadOnlySpan<byte> newName, ITmpfsInode? victim, RenameFlags flags)
    {
        int index = target.entries.Find(newName);
        if (index >= 0 && victim is null)
        {
            Layer.ReleaseInodes(1);
        }

        target.PutInode(newName, index, moving);
        if (victim is not null)
        {
            target.LoseName(victim);
        }

        // Putting the new name may have moved the old one within this directory.
        int source = entries.Find(name);
        if ((flags & RenameFlags.Whiteout) != 0)
        {
            entries.Replace(source, SlotKind.Whiteout, null);
            Layer.ChargeInode();
        }
        else
        {
            entries.RemoveAt(source);
        }

        Reparent(moving, target);
        TouchBoth(target);
        moving.Record.TouchLocked();
    }

    private void Reparent(ITmpfsInode moved, TmpfsDirectory target)
    {
        if (moved is TmpfsDirectory directory && target != this)
        {
            Record.LinkCount--;
            target.Record.LinkCount++;
            directory.parent = target;
        }
    }

    private void TouchBoth(TmpfsDirectory other)
    {
        Record.TouchContentLocked();
        other.Record.TouchContentLocked();
    }

    private bool IsWithin(TmpfsDirectory above)
    {
        for (TmpfsDirectory at = this; ; at = at.parent)
        {
            if (at == above)
            {
                return true;
            }

            if (at.parent == at)
            {
                return false;
            }
        }
    }

    private Errno CheckRemovable(TmpfsDirectory directory)
    {
        Errno error = Protection.RemoveName(Record.Flags, directory.Record.Flags);
        return error == Errno.None && directory.entries.InodeCount > 0 ? Errno.ENOTEMPTY : error;
    }

    // An entry of this directory no longer names the object. A directory goes with all its marks.
    private void LoseName(ITmpfsInode victim)
    {
        InodeRecord record = victim.Record;
        record.TouchLocked();
        record.LinkCount--;
        if (victim is TmpfsDirectory directory)
        {
            Record.LinkCount--;
            record.LinkCount = 0;
            Layer.ReleaseInodes(directory.entries.MarkCount);
            directory.entries.Clear();
        }

        if (record.LinkCount == 0)
        {
            record.IsRemoved = true;
            Layer.FreeIfUnused(victim);
        }
    }
}
