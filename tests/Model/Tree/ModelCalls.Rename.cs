using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests.Tree;

/// <content>renameat2(2).</content>
internal sealed partial class ModelCalls
{
    private Prediction Rename(ModelProcess process, string path, string to, RenameFlags flags)
    {
        if ((flags & (RenameFlags.NoReplace | RenameFlags.Exchange)) == (RenameFlags.NoReplace | RenameFlags.Exchange))
        {
            return Fail(Errno.EINVAL);
        }

        if (RenameWalk(process, path, to, out Place from, out Place place) is { } failure)
        {
            return failure;
        }

        Errno error = RenameNames(from, place, flags);
        if (error != Errno.None)
        {
            return Fail(error);
        }

        if (from.Inode == place.Inode)
        {
            return Success;
        }

        error = RenamePermission(process, from, place, flags);
        if (error == Errno.None && (flags & RenameFlags.Exchange) != 0 && !abilities.Exchanges)
        {
            error = Errno.EINVAL;
        }

        if (error == Errno.None && (flags & RenameFlags.Exchange) == 0 && place.Inode is ModelDirectory { Entries.Count: > 0 })
        {
            error = Errno.ENOTEMPTY;
        }

        if (error != Errno.None)
        {
            return Fail(error);
        }

        if (Protected() is { } refusal)
        {
            return refusal;
        }

        Move(from, place, flags);
        return Success;
    }

    // Both parents are looked up before either last name is.
    private Prediction? RenameWalk(ModelProcess process, string path, string to, out Place from, out Place place)
    {
        Prediction? first = Walk(process, path, Ending.Name, out from);
        if (first is not null && from is null && !IsLastNameTooLong(path))
        {
            place = null!;
            return first;
        }

        Prediction? second = Walk(process, to, Ending.Name, out place);
        if (second is not null && place is null && !IsLastNameTooLong(to))
        {
            return second;
        }

        // "." and ".." are refused before any of the two names is looked up.
        bool isRefused = from is { IsNamed: false } || place is { IsNamed: false };
        return isRefused && (first ?? second) is not null ? Prediction.NotMade : first ?? second;
    }

    private static bool IsLastNameTooLong(string path) => path.TrimEnd('/') is var name && name.Length - name.LastIndexOf('/') - 1 > 255;

    private static Errno RenameNames(Place from, Place place, RenameFlags flags)
    {
        bool exchanges = (flags & RenameFlags.Exchange) != 0, keeps = (flags & RenameFlags.NoReplace) != 0;
        ModelDirectory? source = from.Inode as ModelDirectory, target = place.Inode as ModelDirectory;
        return !from.IsNamed ? Errno.EBUSY
            : !place.IsNamed ? keeps ? Errno.EEXIST : Errno.EBUSY
            : from.Inode is null || place.Parent.IsRemoved ? Errno.ENOENT
            : keeps && place.Inode is not null ? Errno.EEXIST
            : exchanges && place.Inode is null ? Errno.ENOENT
            : exchanges && target is null && place.Slashes ? Errno.ENOTDIR
            : source is null && (from.Slashes || (!exchanges && place.Slashes)) ? Errno.ENOTDIR
            : source is not null && source.Contains(place.Parent) ? Errno.EINVAL
            : target is not null && target.Contains(from.Parent) ? exchanges ? Errno.EINVAL : Errno.ENOTEMPTY
            : Errno.None;
    }

    // vfs_rename
    private Errno RenamePermission(ModelProcess process, Place from, Place place, RenameFlags flags)
    {
        bool exchanges = (flags & RenameFlags.Exchange) != 0;
        bool isDirectory = from.Inode!.Directory is not null, targetIsDirectory = place.Inode?.Directory is not null;
        Errno error = MayDelete(process, from.Parent, from.Inode, isDirectory);
        if (error == Errno.None)
        {
            error = place.Inode is null
                ? MayCreate(process, place.Parent)
                : MayDelete(process, place.Parent, place.Inode, exchanges ? targetIsDirectory : isDirectory);
        }

        // ".." of what is moved to another directory changes.
        if (error == Errno.None && from.Parent != place.Parent)
        {
            bool mayMove = !isDirectory || May(process, from.Inode, Write);
            bool mayBeMoved = !exchanges || !targetIsDirectory || May(process, place.Inode!, Write);
            error = mayMove && mayBeMoved ? Errno.None : Errno.EACCES;
        }

        return error;
    }

    private void Move(Place from, Place place, RenameFlags flags)
    {
        ModelInode moved = from.Inode!;
        moved.ChangeTime.Touch(tree.Now);
        from.Parent.Take(from.Name, tree.Now);
        if (place.Inode is { } other)
        {
            if ((flags & RenameFlags.Exchange) != 0)
            {
                from.Parent.Put(from.Name, other, tree.Now);
                other.ChangeTime.Touch(tree.Now);
            }
            else
            {
                LoseName(other);
            }
        }

        place.Parent.Put(place.Name, moved, tree.Now);
    }
}
