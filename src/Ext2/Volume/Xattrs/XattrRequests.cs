using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <summary>The operations on extended attributes, alike for inodes of all kinds. Each takes the volume's lock.</summary>
internal static class XattrRequests
{
    private const int MaximumNameBytes = 255;
    private const int MaximumValueBytes = 64 * 1024;

    /// <summary>getxattr(2).</summary>
    public static Errno Get(ref InodeCore core, ReadOnlySpan<byte> name, Span<byte> buffer, out int length)
    {
        length = 0;
        if (!XattrName.TryParse(name, out XattrName parsed))
        {
            return XattrName.IsNamespace(name) ? Errno.EINVAL : Errno.EOPNOTSUPP;
        }

        Ext2Volume volume = core.Volume;
        using (volume.Gate.Enter())
        {
            using InodeLease inode = volume.ReadInode(core.Number);
            if (inode.Error != Errno.None)
            {
                return inode.Error;
            }

            if (parsed.IsAcl)
            {
                return inode.View.Kind == InodeKind.Symlink
                    ? Errno.EOPNOTSUPP
                    : volume.Acls.Get(core.Number, inode, parsed, buffer, out length);
            }

            return parsed.IsKept ? Errno.ENODATA : volume.Xattrs.Get(core.Number, inode, parsed, buffer, out length);
        }
    }

    /// <summary>setxattr(2).</summary>
    public static Errno Set(ref InodeCore core, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrFlags flags)
    {
        if (value.Length > MaximumValueBytes)
        {
            return Errno.E2BIG;
        }

        Ext2Volume volume = core.Volume;
        using (volume.Gate.Enter())
        {
            Errno error = volume.BeginChange();
            if (error != Errno.None)
            {
                return error;
            }

            using InodeLease inode = volume.ReadInode(core.Number);
            error = Check(inode, name, out XattrName parsed);
            if (error == Errno.None)
            {
                error = parsed.IsAcl
                    ? volume.Acls.Set(core.Number, inode, parsed, value)
                    : volume.Xattrs.Set(core.Number, inode, parsed, value, flags);
            }

            return Finish(volume, inode, error);
        }
    }

    /// <summary>removexattr(2).</summary>
    public static Errno Remove(ref InodeCore core, ReadOnlySpan<byte> name)
    {
        Ext2Volume volume = core.Volume;
        using (volume.Gate.Enter())
        {
            Errno error = volume.BeginChange();
            if (error != Errno.None)
            {
                return error;
            }

            using InodeLease inode = volume.ReadInode(core.Number);
            error = Check(inode, name, out XattrName parsed);
            if (error == Errno.None)
            {
                error = parsed.IsAcl
                    ? volume.Acls.Remove(core.Number, inode, parsed)
                    : volume.Xattrs.Remove(core.Number, inode, parsed);
            }

            return Finish(volume, inode, error);
        }
    }

    /// <summary>listxattr(2).</summary>
    public static Errno List(ref InodeCore core, Span<byte> buffer, out int length)
    {
        length = 0;
        Ext2Volume volume = core.Volume;
        using (volume.Gate.Enter())
        {
            using InodeLease inode = volume.ReadInode(core.Number);
            return inode.Error != Errno.None ? inode.Error : volume.Xattrs.List(core.Number, inode, buffer, out length);
        }
    }

    // What xattr_permission and the kernel's handlers ask before a change.
    private static Errno Check(in InodeLease inode, ReadOnlySpan<byte> name, out XattrName parsed)
    {
        parsed = default;
        if (inode.Error != Errno.None)
        {
            return inode.Error;
        }

        if (name.Length > MaximumNameBytes)
        {
            return Errno.ERANGE;
        }

        InodeKind kind = inode.View.Kind;
        if (!XattrName.TryParse(name, out parsed) || (parsed.IsAcl && kind == InodeKind.Symlink))
        {
            return XattrName.IsNamespace(name) ? Errno.EINVAL : Errno.EOPNOTSUPP;
        }

        bool isForbidden = parsed.IsKept || (parsed.IsUser && kind is not (InodeKind.File or InodeKind.Directory));
        return isForbidden ? Errno.EPERM : Protection.ChangeXattr((InodeFlags)(uint)inode.View.Flags);
    }

    private static Errno Finish(Ext2Volume volume, in InodeLease inode, Errno error)
    {
        if (error == Errno.None)
        {
            InodeView view = inode.View;
            view.ChangeTime = volume.Now;
            inode.MarkDirty();
        }

        return error;
    }
}
