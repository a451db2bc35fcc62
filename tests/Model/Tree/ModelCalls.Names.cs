using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests.Tree;

/// <content>Calls that make and remove names.</content>
internal sealed partial class ModelCalls
{
    // filename_create and vfs_mkdir, vfs_mknod, vfs_symlink
    private Prediction Make(ModelProcess process, string path, InodeKind kind, uint mode, DeviceNumber device, string target)
    {
        if (Walk(process, path, Ending.Name, out Place place) is { } failure)
        {
            return failure;
        }

        if (NewName(place, isDirectory: kind == InodeKind.Directory) is var error and not Errno.None)
        {
            return Fail(error);
        }

        error = MayCreate(process, place.Parent);
        bool isWhiteoutOfOverlay = kind == InodeKind.CharacterDevice && device == default;
        if (error == Errno.None && kind is InodeKind.CharacterDevice or InodeKind.BlockDevice && !process.IsRoot && !isWhiteoutOfOverlay)
        {
            error = Errno.EPERM;
        }

        if (error != Errno.None)
        {
            return Fail(error);
        }

        if (Protected() is { } refusal)
        {
            return refusal;
        }

        place.Parent.Put(place.Name, NewObject(process, place.Parent, kind, mode, device, target), tree.Now);
        return Success;
    }

    private static Errno NewName(Place place, bool isDirectory) =>
        !place.IsNamed || place.Inode is not null ? Errno.EEXIST : place.Parent.IsRemoved ? Errno.ENOENT : place.Slashes && !isDirectory ? Errno.ENOENT : Errno.None;

    // inode_init_owner and mode_strip_sgid
    private ModelInode NewObject(ModelProcess process, ModelDirectory parent, InodeKind kind, uint mode, DeviceNumber device = default, string target = "")
    {
        bool inheritsGroup = (parent.Mode & 0x400) != 0;
        if (inheritsGroup && kind != InodeKind.Directory && (mode & 0x408) == 0x408 && !process.IsInGroup(parent.Group))
        {
            mode &= ~0x400u;
        }

        mode = kind == InodeKind.Symlink ? mode : mode & ~process.Umask;
        uint group = inheritsGroup ? parent.Group : process.User;
        ModelInode inode = kind == InodeKind.Directory
            ? new ModelDirectory(mode | (parent.Mode & 0x400), process.User, group)
            : new ModelInode(kind, mode, process.User, group) { LinkCount = 1, Device = device, Target = target };
        inode.TouchAll(tree.Now);
        return inode;
    }

    private Prediction Link(ModelProcess process, string path, string to) =>
        Find(process, path, Ending.NoFollow, out Place old) is { } failure ? failure : LinkInode(process, old.Inode!, to);

    private Prediction LinkDescriptor(ModelProcess process, int slot, string to) =>
        process.Slots[slot] is { } descriptor ? LinkInode(process, descriptor.Inode, to) : Fail(Errno.EBADF);

    // do_linkat and vfs_link
    private Prediction LinkInode(ModelProcess process, ModelInode inode, string to)
    {
        if (Walk(process, to, Ending.Name, out Place place) is { } failure)
        {
            return failure;
        }

        // safe_hardlink_source looks at the mode that the kernel knows, without asking.
        if (KernelRules.ProtectedHardLinks && !process.Owns(inode) && inode.HasLostSetIds)
        {
            return Prediction.NotMade;
        }

        Errno error = NewName(place, isDirectory: false);
        if (error == Errno.None && KernelRules.ProtectedHardLinks && !process.Owns(inode) && !IsSafeToLink(process, inode))
        {
            error = Errno.EPERM;
        }

        if (error == Errno.None)
        {
            error = MayCreate(process, place.Parent);
        }

        isProtected |= inode.IsImmutable || inode.IsAppendOnly;
        if (error == Errno.None)
        {
            error = inode.Directory is not null ? Errno.EPERM : inode is { LinkCount: 0, IsLinkable: false } ? Errno.ENOENT : Errno.None;
        }

        if (error != Errno.None)
        {
            return Fail(error);
        }

        if (Protected() is { } refusal)
        {
            return refusal;
        }

        place.Parent.Put(place.Name, inode, tree.Now);
        inode.LinkCount++;
        inode.IsLinkable = false;
        inode.ChangeTime.Touch(tree.Now);
        return Success;
    }

    private static bool IsSafeToLink(ModelProcess process, ModelInode inode) =>
        inode.Kind == InodeKind.File && (inode.Mode & 0x800) == 0 && (inode.Mode & 0x408) != 0x408 && process.May(inode, Read | Write);

    // do_unlinkat
    private Prediction Unlink(ModelProcess process, string path)
    {
        if (Walk(process, path, Ending.Name, out Place place) is { } failure)
        {
            return failure;
        }

        Errno error = !place.IsNamed ? Errno.EISDIR
            : place.Inode is null ? Errno.ENOENT
            : place.Slashes ? place.Inode.Directory is null ? Errno.ENOTDIR : Errno.EISDIR
            : MayDelete(process, place.Parent, place.Inode, isDirectory: false);
        if (error != Errno.None)
        {
            return Fail(error);
        }

        if (Protected() is { } refusal)
        {
            return refusal;
        }

        place.Parent.Take(place.Name, tree.Now);
        LoseName(place.Inode!);
        return Success;
    }

    // do_rmdir
    private Prediction RemoveDirectory(ModelProcess process, string path)
    {
        if (Walk(process, path, Ending.Name, out Place place) is { } failure)
        {
            return failure;
        }

        Errno error = place.Name == ".." ? Errno.ENOTEMPTY
            : place.Name == "." ? Errno.EINVAL
            : place.Inode is null ? Errno.ENOENT
            : MayDelete(process, place.Parent, place.Inode, isDirectory: true);
        if (error == Errno.None && place.Inode!.Directory!.Entries.Count > 0)
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

        place.Parent.Take(place.Name, tree.Now);
        LoseName(place.Inode!);
        return Success;
    }

    private void LoseName(ModelInode inode)
    {
        if (inode is ModelDirectory directory)
        {
            // A directory that is in lowers alone is not copied to be removed; its times stay what they were.
            directory.IsRemoved = true;
            directory.ModifyTime.MayTouch(tree.Now);
            directory.ChangeTime.MayTouch(tree.Now);
        }
        else
        {
            inode.LinkCount--;
            inode.ChangeTime.Touch(tree.Now);
        }
    }

    // may_create
    private Errno MayCreate(ModelProcess process, ModelDirectory directory) =>
        directory.IsRemoved ? Errno.ENOENT : May(process, directory, Write | Search) ? Errno.None : Errno.EACCES;

    // may_delete
    private Errno MayDelete(ModelProcess process, ModelDirectory directory, ModelInode victim, bool isDirectory)
    {
        if (!May(process, directory, Write | Search))
        {
            return Errno.EACCES;
        }

        isProtected |= directory.IsAppendOnly || victim.IsAppendOnly || victim.IsImmutable;
        bool isSticky = (directory.Mode & 0x200) != 0 && !process.Owns(victim) && !process.Owns(directory);
        return isSticky ? Errno.EPERM
            : isDirectory ? victim.Directory is null ? Errno.ENOTDIR : Errno.None
            : victim.Directory is not null ? Errno.EISDIR : Errno.None;
    }

    private Prediction ReadLink(ModelProcess process, string path) =>
        Find(process, path, Ending.NoFollow, out Place place) is { } failure ? failure
            : place.Inode!.Kind == InodeKind.Symlink ? Text(place.Inode.Target)
            : Fail(Errno.EINVAL);
}
