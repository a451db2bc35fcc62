using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests.Tree;

/// <content>Extended attributes (xattr(7); fs/xattr.c, xattr_permission).</content>
internal sealed partial class ModelCalls
{
    private Prediction SetXattr(ModelProcess process, ModelInode inode, string assignment, XattrFlags flags)
    {
        (string name, string value) = (assignment[..assignment.IndexOf('=')], assignment[(assignment.IndexOf('=') + 1)..]);
        if (ChangeXattr(process, inode, name) is { } failure)
        {
            return failure;
        }

        bool exists = inode.Xattrs.TryGetValue(name, out string? former);
        if ((flags & XattrFlags.Create) != 0 && exists)
        {
            return Fail(Errno.EEXIST);
        }

        if ((flags & XattrFlags.Replace) != 0 && !exists)
        {
            return Fail(Errno.ENODATA);
        }

        if (Protected() is { } refusal)
        {
            return refusal;
        }

        inode.Xattrs[name] = value;
        if (former == value)
        {
            inode.ChangeTime.MayTouch(tree.Now);
        }
        else
        {
            inode.ChangeTime.Touch(tree.Now);
        }

        return Success;
    }

    private Prediction RemoveXattr(ModelProcess process, ModelInode inode, string name)
    {
        if (ChangeXattr(process, inode, name) is { } failure)
        {
            return failure;
        }

        if (!inode.Xattrs.ContainsKey(name))
        {
            return Fail(Errno.ENODATA);
        }

        if (Protected() is { } refusal)
        {
            return refusal;
        }

        _ = inode.Xattrs.Remove(name);
        inode.ChangeTime.Touch(tree.Now);
        return Success;
    }

    private Prediction GetXattr(ModelProcess process, ModelInode inode, string name)
    {
        Errno error = Space(name) switch
        {
            "trusted" when !process.IsRoot => Errno.ENODATA,
            "user" when !TakesUserXattrs(inode) => Errno.ENODATA,
            "trusted" or "security" => Errno.None,
            var space => !process.May(inode, Read) ? Errno.EACCES : space == "user" ? Errno.None : Errno.EOPNOTSUPP,
        };
        return error != Errno.None ? Fail(error)
            : inode.Xattrs.TryGetValue(name, out string? value) ? Text(value)
            : Fail(Errno.ENODATA);
    }

    private static Prediction ListXattrs(ModelProcess process, ModelInode inode) =>
        Text(string.Join(',', inode.Xattrs.Keys.Where(name => process.IsRoot || Space(name) != "trusted")));

    private Prediction? ChangeXattr(ModelProcess process, ModelInode inode, string name)
    {
        isProtected |= inode.IsImmutable || inode.IsAppendOnly;
        bool isStickyOfAnother = inode.Directory is not null && (inode.Mode & 0x200) != 0 && !process.Owns(inode);
        Errno error = Space(name) switch
        {
            "trusted" or "security" => process.IsRoot ? Errno.None : Errno.EPERM,
            "user" when !TakesUserXattrs(inode) || isStickyOfAnother => Errno.EPERM,
            var space => !process.May(inode, Write) ? Errno.EACCES : space == "user" ? Errno.None : Errno.EOPNOTSUPP,
        };
        return error == Errno.None ? null : Fail(error);
    }

    private static bool TakesUserXattrs(ModelInode inode) => inode.Kind is InodeKind.File or InodeKind.Directory;

    private static string Space(string name) => name[..name.IndexOf('.')];
}
