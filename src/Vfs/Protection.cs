namespace Ext2Union.Vfs;

/// <summary>
/// What immutable and append-only forbid, whoever asks; the answer is EPERM. The kernel's VFS knows these flags only of its own file systems, so a
/// layer asks here, and a union before it copies anything. As in the kernel a descriptor that was opened for writing before keeps writing.
/// </summary>
public static class Protection
{
    private const InodeFlags Any = InodeFlags.Immutable | InodeFlags.AppendOnly;

    /// <summary>may_open: an immutable file is not opened for writing, an append-only one only with O_APPEND and without O_TRUNC.</summary>
    public static Errno Open(InodeFlags flags, OpenMode mode)
    {
        if ((flags & Any) == 0 || (mode & (OpenMode.Write | OpenMode.Truncate)) == 0)
        {
            return Errno.None;
        }

        bool appends = (mode & (OpenMode.Append | OpenMode.Truncate)) == OpenMode.Append;
        return appends && (flags & InodeFlags.Immutable) == 0 ? Errno.None : Errno.EPERM;
    }

    /// <summary>
    /// may_setattr: mode and owner of neither, times not of an immutable object. The flags themselves can always be changed. Times of an
    /// append-only object can: the contract does not tell "to now" from "to a given time".
    /// </summary>
    public static Errno ChangeAttributes(InodeFlags flags, AttributeFields fields)
    {
        const AttributeFields Owners = AttributeFields.Mode | AttributeFields.UserId | AttributeFields.GroupId;
        const AttributeFields Times = AttributeFields.AccessTime | AttributeFields.ModifyTime;
        return ((flags & Any) != 0 && (fields & Owners) != 0) || ((flags & InodeFlags.Immutable) != 0 && (fields & Times) != 0)
            ? Errno.EPERM
            : Errno.None;
    }

    /// <summary>xattr_permission.</summary>
    public static Errno ChangeXattr(InodeFlags flags) => (flags & Any) != 0 ? Errno.EPERM : Errno.None;

    /// <summary>vfs_truncate.</summary>
    public static Errno ChangeSize(InodeFlags flags) => (flags & Any) != 0 ? Errno.EPERM : Errno.None;

    /// <summary>vfs_fallocate: an append-only file can be extended, never overwritten.</summary>
    public static Errno Allocate(InodeFlags flags, AllocateMode mode) =>
        (flags & InodeFlags.Immutable) != 0 || ((flags & InodeFlags.AppendOnly) != 0 && (mode & ~AllocateMode.KeepSize) != 0)
            ? Errno.EPERM
            : Errno.None;

    /// <summary>may_create: a name is put into a directory.</summary>
    public static Errno AddName(InodeFlags directory) => (directory & InodeFlags.Immutable) != 0 ? Errno.EPERM : Errno.None;

    /// <summary>may_delete: a name goes from a directory.</summary>
    public static Errno RemoveName(InodeFlags directory, InodeFlags victim) => ((directory | victim) & Any) != 0 ? Errno.EPERM : Errno.None;

    /// <summary>vfs_link: an object gets one more name.</summary>
    public static Errno LinkTo(InodeFlags target) => (target & Any) != 0 ? Errno.EPERM : Errno.None;
}
