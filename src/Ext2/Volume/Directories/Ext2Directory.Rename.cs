using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Directories;

/// <content>renameat2(2).</content>
internal sealed partial class Ext2Directory
{
    /// <inheritdoc/>
    public override Errno Rename(ReadOnlySpan<byte> name, DirectoryInode to, ReadOnlySpan<byte> newName, RenameFlags flags)
    {
        if (to is not Ext2Directory target || target.Volume != Volume)
        {
            return Errno.EXDEV;
        }

        bool exchanges = (flags & RenameFlags.Exchange) != 0;
        if (exchanges && flags != RenameFlags.Exchange)
        {
            return Errno.EINVAL;
        }

        using (Volume.Gate.Enter())
        {
            Errno error = target.BeginNaming(isVisible: true);
            error = error == Errno.None && (flags & RenameFlags.Whiteout) != 0 ? Volume.EnsureFeature(IncompatFeatures.Whiteout) : error;
            if (error != Errno.None)
            {
                return error;
            }

            error = OpenNamed(name, out Inode? source);
            Inode? victim = null;
            if (error == Errno.None)
            {
                error = target.OpenNamed(newName, out victim);
                error = error == Errno.ENOENT && !exchanges && IsProperName(newName) ? Errno.None : error;
                error = error == Errno.None ? RenameOpened(name, source!, target, newName, victim, flags) : error;
            }

            victim?.Release();
            source?.Release();
            return error;
        }
    }

    /// <summary>The object under a name. Errors: ENOENT also for a mark, ENAMETOOLONG, EUCLEAN, EIO.</summary>
    private Errno OpenNamed(ReadOnlySpan<byte> name, out Inode? inode)
    {
        inode = null;
        Errno error = FindSlot(name, out SlotKind slot, out InodeNumber number);
        if (error != Errno.None)
        {
            return error;
        }

        return slot != SlotKind.Inode ? Errno.ENOENT : OpenEntry(number).TryGet(out inode, out error) ? Errno.None : error;
    }

    private Errno RenameOpened(
        ReadOnlySpan<byte> name, Inode source, Ext2Directory target, ReadOnlySpan<byte> newName, Inode? victim, RenameFlags flags)
    {
        if (victim is not null && (flags & RenameFlags.NoReplace) != 0)
        {
            return Errno.EEXIST;
        }

        // Two names of one file, or a name and itself: nothing to do, says POSIX.
        if (ReferenceEquals(source, victim))
        {
            return Errno.None;
        }

        bool exchanges = (flags & RenameFlags.Exchange) != 0;
        Errno error = CheckMove(source, this, target);
        error = error == Errno.None && exchanges ? CheckMove(victim!, target, this) : error;
        error = error == Errno.None && victim is not null && !exchanges ? CheckReplace(source, target, victim) : error;
        error = error == Errno.None ? CheckLinkRoom(source, target, victim, exchanges) : error;
        if (error != Errno.None)
        {
            return error;
        }

        error = exchanges
            ? Exchange(name, source, target, newName, victim!)
            : Move(name, source, target, newName, (flags & RenameFlags.Whiteout) != 0);
        if (error != Errno.None)
        {
            return error;
        }

        if (victim is not null && !exchanges)
        {
            error = target.Forget(victim, isReplaced: true);
        }

        error = error == Errno.None ? Resettle(source, this, target) : error;
        error = error == Errno.None && exchanges ? Resettle(victim!, target, this) : error;
        error = error == Errno.None ? Volume.Touch(core) : error;
        error = error == Errno.None && !ReferenceEquals(this, target) ? Volume.Touch(target.core) : error;
        error = error == Errno.None ? NoteChange(source) : error;
        return error == Errno.None && exchanges ? NoteChange(victim!) : error;
    }

    /// <summary>Whether an object may leave one directory for another. Errors: EPERM, EINVAL for a directory into itself, EUCLEAN, EIO.</summary>
    private Errno CheckMove(Inode moved, Ext2Directory from, Ext2Directory to)
    {
        Errno error = Volume.GetFlags(from.core, out RawInodeFlags flags);
        RawInodeFlags movedFlags = RawInodeFlags.None;
        error = error == Errno.None ? Volume.GetFlags(((IExt2Inode)moved).Core, out movedFlags) : error;
        error = error == Errno.None ? Protection.RemoveName((InodeFlags)(uint)flags, (InodeFlags)(uint)movedFlags) : error;
        return error == Errno.None && moved is Ext2Directory directory && !ReferenceEquals(from, to) ? to.CheckOutside(directory) : error;
    }

    /// <summary>Whether this directory lies outside another and is not that one. Errors: EINVAL, EUCLEAN, EIO.</summary>
    private Errno CheckOutside(Ext2Directory other)
    {
        InodeNumber at = core.Number;
        // No path has more directories than the volume has inodes: a walk that long goes in a circle.
        for (uint steps = 0; steps < Volume.Geometry.InodeCount; steps++)
        {
            if (at == other.core.Number)
            {
                return Errno.EINVAL;
            }

            if (at == InodeNumber.Root)
            {
                return Errno.None;
            }

            if (!Volume.GetInode(at).TryGet(out Inode inode, out Errno error))
            {
                return error;
            }

            error = Errno.ENOTDIR;
            if (inode is Ext2Directory directory)
            {
                error = directory.OpenContent(out DirectoryContent names);
                error = error == Errno.None ? names.GetParent(out at) : error;
            }

            inode.Release();
            if (error != Errno.None)
            {
                return error == Errno.ENOTDIR ? Volume.Corrupt(at, BlockNumber.None, "is named by \"..\" and is no directory") : error;
            }
        }

        return Volume.Corrupt(core.Number, BlockNumber.None, "has no way to the root by \"..\"");
    }

    private static Errno CheckReplace(Inode source, Ext2Directory target, Inode victim)
    {
        bool isDirectory = source.Kind == InodeKind.Directory;
        return isDirectory == (victim.Kind == InodeKind.Directory) ? target.CheckRemovable(victim)
            : isDirectory ? Errno.ENOTDIR
            : Errno.EISDIR;
    }

    /// <summary>Whether the directories that gain a subdirectory can count it. Errors: EMLINK, EIO.</summary>
    private Errno CheckLinkRoom(Inode source, Ext2Directory target, Inode? victim, bool exchanges)
    {
        if (ReferenceEquals(this, target))
        {
            return Errno.None;
        }

        bool moves = source.Kind == InodeKind.Directory;
        bool meets = victim?.Kind == InodeKind.Directory;
        return moves && !meets ? target.CheckSubdirectoryRoom()
            : exchanges && meets && !moves ? CheckSubdirectoryRoom()
            : Errno.None;
    }

    /// <summary>Puts the new name, then takes the old one away or lets a whiteout stand for it.</summary>
    private Errno Move(ReadOnlySpan<byte> name, Inode source, Ext2Directory target, ReadOnlySpan<byte> newName, bool leavesWhiteout)
    {
        Errno error = target.FindPlace(newName, out EntryPlace place);
        bool isTaken = error == Errno.None;
        error = error == Errno.ENOENT ? target.FindRoom(newName, out place) : error;
        if (error != Errno.None)
        {
            return error;
        }

        // Only now: making room for the new name may have moved the old one.
        error = FindPlace(name, out EntryPlace old);
        error = error == Errno.None ? Volume.Cache.Order(place.Lease, old.Lease) : error;
        if (error == Errno.None)
        {
            target.Put(place, isTaken, newName, source);
            if (leavesWhiteout)
            {
                content!.Retarget(old, InodeNumber.None, DirectoryEntryType.Whiteout);
            }
            else
            {
                content!.Remove(old);
            }
        }

        old.Dispose();
        place.Dispose();
        return error;
    }

    private Errno Exchange(ReadOnlySpan<byte> name, Inode source, Ext2Directory target, ReadOnlySpan<byte> newName, Inode other)
    {
        Errno error = FindPlace(name, out EntryPlace first);
        if (error != Errno.None)
        {
            return error;
        }

        error = target.FindPlace(newName, out EntryPlace second);
        if (error == Errno.None)
        {
            Put(first, isMarked: true, name, other);
            target.Put(second, isMarked: true, newName, source);
            second.Dispose();
        }

        first.Dispose();
        return error;
    }

    /// <summary>A directory that came from another gets its new ".." and is counted there. Errors: EUCLEAN, EIO.</summary>
    private static Errno Resettle(Inode moved, Ext2Directory from, Ext2Directory to)
    {
        if (moved is not Ext2Directory directory || ReferenceEquals(from, to))
        {
            return Errno.None;
        }

        Errno error = directory.OpenContent(out DirectoryContent names);
        error = error == Errno.None ? names.SetParent(to.core.Number) : error;
        error = error == Errno.None ? from.CountSubdirectory(-1) : error;
        return error == Errno.None ? to.CountSubdirectory(1) : error;
    }

    private Errno NoteChange(Inode inode)
    {
        using InodeLease record = Volume.ReadInode(((IExt2Inode)inode).Core.Number);
        if (record.Error == Errno.None)
        {
            InodeView view = record.View;
            view.ChangeTime = Volume.Now;
            record.MarkDirty();
        }

        return record.Error;
    }
}
