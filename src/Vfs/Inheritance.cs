namespace Ext2Union.Vfs;

/// <summary>
/// What a new object takes from its directory: the group (set-group-id directories) and the default ACL. One place for what
/// the kernel spreads over vfs_prepare_mode, inode_init_owner and posix_acl_create, for sessions that leave the umask to us (FUSE_DONT_MASK).
/// </summary>
public static class Inheritance
{
    /// <summary>A scratch buffer of this size always suffices; without a default ACL it is not touched.</summary>
    public const int ScratchBytes = 2 * PosixAcl.MaximumBytes;

    /// <summary>
    /// Computes mode, owner, group and ACLs of a new object; the caller adds device or target. The ACLs of <paramref name="what"/> lie in <paramref name="scratch"/>.
    /// </summary>
    /// <param name="parent">The directory it will stand in.</param>
    /// <param name="mode">Type and permission bits asked for, before the umask.</param>
    /// <param name="umask">Bits withheld where there is no default ACL.</param>
    /// <param name="userId">Who creates it.</param>
    /// <param name="groupId">The creator's group.</param>
    /// <param name="scratch">Room for the ACLs; see <see cref="ScratchBytes"/>. Errors: ERANGE when they do not fit.</param>
    /// <param name="what">What to create.</param>
    public static Errno Of(DirectoryInode parent, uint mode, uint umask, uint userId, uint groupId, Span<byte> scratch, out NewInode what)
    {
        Errno error = WithoutAcl(parent, mode, 0, userId, groupId, out what);
        if (error != Errno.None || what.Kind == InodeKind.Symlink)
        {
            return error;
        }

        error = parent.GetXattr(PosixAcl.DefaultName, scratch[..(scratch.Length / 2)], out int length);
        if (error is Errno.ENODATA or Errno.EOPNOTSUPP || (error == Errno.None && PosixAcl.CountOf(scratch[..length]) == 0))
        {
            what.Mode &= ~(umask & 0x1FF);
            return Errno.None;
        }

        if (error != Errno.None)
        {
            return error;
        }

        InheritAcl(scratch[..length], scratch.Slice(scratch.Length / 2, length), ref what);
        return Errno.None;
    }

    /// <summary>The same where lists do not count: the umask applies whatever default ACL the directory has, and none is taken over.</summary>
    public static Errno WithoutAcl(DirectoryInode parent, uint mode, uint umask, uint userId, uint groupId, out NewInode what)
    {
        what = new NewInode { Mode = mode, UserId = userId, GroupId = groupId };
        if (parent.GetAttributes(out Attributes directory) is var error and not Errno.None)
        {
            return error;
        }

        InheritGroup(in directory, ref what);
        what.Mode &= what.Kind == InodeKind.Symlink ? ~0u : ~(umask & 0x1FF);
        return Errno.None;
    }

    private static void InheritGroup(in Attributes directory, ref NewInode what)
    {
        if ((directory.Mode & ModeBits.SetGroupId) == 0)
        {
            return;
        }

        const uint SetGroupIdExecutable = ModeBits.SetGroupId | ModeBits.GroupExecute;
        if (what.Kind == InodeKind.Directory)
        {
            what.Mode |= ModeBits.SetGroupId;
        }
        else if ((what.Mode & SetGroupIdExecutable) == SetGroupIdExecutable && what.UserId != 0 && what.GroupId != directory.GroupId)
        {
            // mode_strip_sgid: nobody makes a set-group-id program for a group that is not theirs by way of such a directory.
            what.Mode &= ~ModeBits.SetGroupId;
        }

        what.GroupId = directory.GroupId;
    }

    private static void InheritAcl(Span<byte> fromParent, Span<byte> access, ref NewInode what)
    {
        fromParent.CopyTo(access);
        if (!PosixAcl.LimitToCreation(access, ref what.Mode))
        {
            what.AccessAcl = access;
        }

        if (what.Kind == InodeKind.Directory)
        {
            what.DefaultAcl = fromParent;
        }
    }
}
