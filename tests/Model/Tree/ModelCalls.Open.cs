using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests.Tree;

/// <content>open(2).</content>
internal sealed partial class ModelCalls
{
    private Prediction Open(ModelProcess process, string path, int flags, uint mode, int slot)
    {
        // The path may begin at the descriptor that is replaced: it is closed first.
        ModelDescriptor? former = process.Slots[slot];
        process.Slots[slot] = null;
        Prediction prediction = Opening(process, path, flags, mode, out ModelInode? inode);
        if (prediction == Prediction.NotMade)
        {
            process.Slots[slot] = former;
        }
        else if (prediction.Succeeds)
        {
            int access = flags & OpenBits.AccessMask;
            process.Slots[slot] = new ModelDescriptor(
                inode!, access != OpenBits.WriteOnly, access is OpenBits.WriteOnly or OpenBits.ReadWrite, (flags & OpenBits.Append) != 0);
        }

        return prediction;
    }

    private Prediction Opening(ModelProcess process, string path, int flags, uint mode, out ModelInode? inode)
    {
        inode = null;
        bool creates = (flags & OpenBits.Create) != 0, isExclusive = creates && (flags & OpenBits.Exclusive) != 0;
        if ((flags & OpenBits.Nameless) == OpenBits.Nameless)
        {
            return OpenNameless(process, path, flags, mode, out inode);
        }

        if (creates && (flags & OpenBits.Directory) != 0)
        {
            return Fail(Errno.EINVAL);
        }

        bool follows = (flags & OpenBits.NoFollow) == 0 && !isExclusive;
        Ending ending = follows ? Ending.Follow : creates ? Ending.Name : Ending.NoFollow;
        bool slashes = path.EndsWith('/');
        if (Walk(process, path, creates && slashes ? Ending.Name : ending, out Place place) is { } failure)
        {
            // A name too long is found so only after a slash behind it was refused.
            return creates && slashes && IsLastNameTooLong(path) && failure.Judge(new Calls.Answer(Errno.ENAMETOOLONG)) is null ? Fail(Errno.EISDIR) : failure;
        }

        if (creates && place.IsNamed && slashes)
        {
            return Fail(Errno.EISDIR);
        }

        if (place.Inode is null)
        {
            return creates ? OpenNew(process, place, mode, out inode) : Fail(Errno.ENOENT);
        }

        Errno error = MayOpen(process, place, flags);
        if (error != Errno.None)
        {
            return Fail(error);
        }

        if (place.Inode.Kind is not (InodeKind.File or InodeKind.Directory))
        {
            return Prediction.NotMade;
        }

        if (Protected() is { } refusal)
        {
            return refusal;
        }

        inode = place.Inode;
        if ((flags & OpenBits.Truncate) != 0)
        {
            Resize(process, inode, 0);
        }

        return Success;
    }

    private Prediction OpenNew(ModelProcess process, Place place, uint mode, out ModelInode? inode)
    {
        inode = null;
        if (MayCreate(process, place.Parent) is var error and not Errno.None)
        {
            return Fail(error);
        }

        if (Protected() is { } refusal)
        {
            return refusal;
        }

        inode = NewObject(process, place.Parent, InodeKind.File, mode & 0xFFF);
        place.Parent.Put(place.Name, inode, tree.Now);
        return Success;
    }

    // do_tmpfile
    private Prediction OpenNameless(ModelProcess process, string path, int flags, uint mode, out ModelInode? inode)
    {
        inode = null;
        if ((flags & OpenBits.Create) != 0 || (flags & OpenBits.AccessMask) == 0)
        {
            return Fail(Errno.EINVAL);
        }

        if (Find(process, path, (flags & OpenBits.NoFollow) != 0 ? Ending.NoFollow : Ending.Follow, out Place place) is { } failure)
        {
            return failure;
        }

        if (place.Inode is not ModelDirectory directory)
        {
            return Fail(Errno.ENOTDIR);
        }

        if (!May(process, directory, Write | Search))
        {
            return Fail(Errno.EACCES);
        }

        if (directory.IsRemoved)
        {
            return Prediction.NotMade;
        }

        if (Protected() is { } refusal)
        {
            return refusal;
        }

        inode = NewObject(process, directory, InodeKind.File, mode & 0xFFF);
        inode.LinkCount = 0;
        inode.IsLinkable = (flags & OpenBits.Exclusive) == 0;
        return Success;
    }

    // do_open and may_open of what is there
    private Errno MayOpen(ModelProcess process, Place place, int flags)
    {
        ModelInode inode = place.Inode!;
        bool creates = (flags & OpenBits.Create) != 0, truncates = (flags & OpenBits.Truncate) != 0;
        if (creates)
        {
            Errno error = (flags & OpenBits.Exclusive) != 0 ? Errno.EEXIST
                : IsForbiddenInSticky(process, place) ? Errno.EACCES
                : inode.Directory is not null ? Errno.EISDIR
                : Errno.None;
            if (error != Errno.None)
            {
                return error;
            }
        }

        if ((flags & OpenBits.Directory) != 0 && inode.Directory is null)
        {
            return Errno.ENOTDIR;
        }

        uint access = (flags & OpenBits.AccessMask) switch { 0 => Read, OpenBits.WriteOnly => Write, _ => Read | Write } | (truncates ? Write : 0);
        bool writes = (flags & OpenBits.AccessMask) != 0;
        if (inode.Kind == InodeKind.Symlink)
        {
            return Errno.ELOOP;
        }

        if (inode.Directory is not null && (access & Write) != 0)
        {
            return Errno.EISDIR;
        }

        isProtected |= inode.IsAppendOnly && ((writes && (flags & OpenBits.Append) == 0) || truncates);
        return May(process, inode, access) ? Errno.None : Errno.EACCES;
    }

    // may_create_in_sticky, for regular files
    private static bool IsForbiddenInSticky(ModelProcess process, Place place)
    {
        ModelInode inode = place.Inode!;
        return KernelRules.ProtectedRegular > 0 && inode.Kind == InodeKind.File && (place.Parent.Mode & 0x200) != 0
            && inode.User != place.Parent.User && inode.User != process.User
            && ((place.Parent.Mode & 0x2) != 0 || ((place.Parent.Mode & 0x10) != 0 && KernelRules.ProtectedRegular > 1));
    }

    private Prediction Put(ModelProcess process, string path, long offset, byte[] data)
    {
        Prediction prediction = Opening(process, path, OpenBits.Create | OpenBits.WriteOnly, 0x1B6, out ModelInode? inode);
        return prediction.Succeeds ? WriteData(process, new ModelDescriptor(inode!, false, true, false), offset, data) : prediction;
    }
}
