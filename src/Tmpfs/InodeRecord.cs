using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs;

/// <summary>
/// Attributes and extended attributes of one object. Fields are guarded by the file system's lock, which the public
/// methods take; what ends in Locked requires it.
/// </summary>
internal sealed partial class InodeRecord
{
    /// <summary>Names one object may have, as ext4 has it; a number must end somewhere.</summary>
    public const uint MaximumLinks = 65000;

    private XattrStore? xattrs;

    public InodeRecord(TmpfsFileSystem fileSystem, ulong number, in NewInode what)
    {
        FileSystem = fileSystem;
        Number = number;
        Mode = what.Mode;
        UserId = what.UserId;
        GroupId = what.GroupId;
        BirthTime = AccessTime = ModifyTime = ChangeTime = FileSystem.Clock.Now;
        StoreAcl(PosixAcl.AccessName, what.AccessAcl);
        StoreAcl(PosixAcl.DefaultName, what.DefaultAcl);
    }

    public TmpfsFileSystem FileSystem { get; }
    public ulong Number { get; }
    public uint Mode { get; private set; }
    public InodeKind Kind => ModeBits.KindOf(Mode);
    public InodeFlags Flags { get; private set; }
    public uint LinkCount { get; set; }
    /// <summary>It had a name and lost the last one; it is not to be named again.</summary>
    public bool IsRemoved { get; set; }
    /// <summary>Its place in the table and its content are gone.</summary>
    public bool IsFreed { get; set; }

    private uint UserId { get; set; }
    private uint GroupId { get; set; }
    private Timestamp AccessTime { get; set; }
    private Timestamp ModifyTime { get; set; }
    private Timestamp ChangeTime { get; set; }
    private Timestamp BirthTime { get; set; }

    /// <summary>The content changed: modification and change time.</summary>
    public void TouchContentLocked() => ModifyTime = ChangeTime = FileSystem.Clock.Now;

    /// <summary>The inode changed: change time.</summary>
    public void TouchLocked() => ChangeTime = FileSystem.Clock.Now;

    /// <summary>All that does not depend on the kind.</summary>
    public Attributes AttributesLocked() => new()
    {
        Inode = Number,
        Generation = FileSystem.Generation,
        Mode = Mode,
        LinkCount = LinkCount,
        UserId = UserId,
        GroupId = GroupId,
        BlockSize = PageStore.PageBytes,
        AccessTime = AccessTime,
        ModifyTime = ModifyTime,
        ChangeTime = ChangeTime,
        BirthTime = BirthTime,
        Flags = Flags,
    };

    public Errno SetAttributes(in AttributeChange change)
    {
        using RankedLock.Scope scope = FileSystem.Gate.Enter();
        if (Protection.ChangeAttributes(Flags, change.Fields) is var error and not Errno.None)
        {
            return error;
        }

        if (change.Has(AttributeFields.Mode))
        {
            Mode = ModeBits.Of(Kind, change.Mode);
            if (xattrs?.Find(PosixAcl.AccessName) is { } acl)
            {
                PosixAcl.ApplyMode(acl, Mode);
            }
        }

        UserId = change.Has(AttributeFields.UserId) ? change.UserId : UserId;
        GroupId = change.Has(AttributeFields.GroupId) ? change.GroupId : GroupId;
        AccessTime = change.Has(AttributeFields.AccessTime) ? change.AccessTime : AccessTime;
        ModifyTime = change.Has(AttributeFields.ModifyTime) ? change.ModifyTime : ModifyTime;
        BirthTime = change.Has(AttributeFields.BirthTime) ? change.BirthTime : BirthTime;
        if (change.Has(AttributeFields.Flags))
        {
            Flags = change.Flags & InodeFlags.UserModifiable;
        }

        ChangeTime = change.Has(AttributeFields.ChangeTime) ? change.ChangeTime : FileSystem.Clock.Now;
        return Errno.None;
    }

    public Errno GetXattr(ReadOnlySpan<byte> name, Span<byte> buffer, out int length)
    {
        length = 0;
        using RankedLock.Scope scope = FileSystem.Gate.Enter();
        if (!IsStorable(name))
        {
            return IsNamespace(name) ? Errno.EINVAL : Errno.EOPNOTSUPP;
        }

        if (xattrs?.Find(name) is not { } value)
        {
            return Errno.ENODATA;
        }

        length = value.Length;
        return buffer.IsEmpty || value.AsSpan().TryCopyTo(buffer) ? Errno.None : Errno.ERANGE;
    }

    public Errno SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrFlags flags)
    {
        using RankedLock.Scope scope = FileSystem.Gate.Enter();
        Errno error = CheckChange(name, value.Length);
        if (error == Errno.None)
        {
            error = PosixAcl.IsName(name) ? SetAclLocked(name, value) : (xattrs ??= new XattrStore()).Set(name, value, flags);
        }

        if (error == Errno.None)
        {
            TouchLocked();
        }

        return error;
    }

    public Errno RemoveXattr(ReadOnlySpan<byte> name)
    {
        using RankedLock.Scope scope = FileSystem.Gate.Enter();
        if (CheckChange(name, 0) is var error and not Errno.None)
        {
            return error;
        }

        // posix_acl_xattr: removing a list that is not there succeeds.
        if (xattrs?.Remove(name) != true && !PosixAcl.IsName(name))
        {
            return Errno.ENODATA;
        }

        TouchLocked();
        return Errno.None;
    }

    public Errno ListXattr(Span<byte> buffer, out int length)
    {
        using RankedLock.Scope scope = FileSystem.Gate.Enter();
        length = 0;
        return xattrs?.List(buffer, out length) ?? Errno.None;
    }

    private Errno CheckChange(ReadOnlySpan<byte> name, int valueLength)
    {
        if (name.Length > XattrStore.MaximumNameBytes)
        {
            return Errno.ERANGE;
        }

        if (valueLength > XattrStore.MaximumValueBytes)
        {
            return Errno.E2BIG;
        }

        if (!IsStorable(name))
        {
            return IsNamespace(name) ? Errno.EINVAL : Errno.EOPNOTSUPP;
        }

        // xattr_permission: anyone who may write could fill a device's or a symlink's user attributes.
        return name.StartsWith("user."u8) && Kind is not (InodeKind.File or InodeKind.Directory)
            ? Errno.EPERM
            : Protection.ChangeXattr(Flags);
    }

    private bool IsStorable(ReadOnlySpan<byte> name) =>
        IsIn(name, "user."u8) || IsIn(name, "trusted."u8) || IsIn(name, "security."u8) || (PosixAcl.IsName(name) && Kind != InodeKind.Symlink);

    private static bool IsNamespace(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("user."u8) || name.SequenceEqual("trusted."u8) || name.SequenceEqual("security."u8);

    private static bool IsIn(ReadOnlySpan<byte> name, ReadOnlySpan<byte> space) => name.Length > space.Length && name.StartsWith(space);

    // simple_set_acl: an access list becomes the mode, and is kept only where it says more than the mode; an empty list is a removal.
    private Errno SetAclLocked(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Errno error = PosixAcl.Check(value);
        if (error != Errno.None)
        {
            return error;
        }

        bool isAccess = name.SequenceEqual(PosixAcl.AccessName);
        bool isEmpty = PosixAcl.CountOf(value) == 0;
        if (!isAccess && Kind != InodeKind.Directory)
        {
            return isEmpty ? Errno.None : Errno.EACCES;
        }

        bool isMode = PosixAcl.IsEquivalentToMode(value, out uint permissions);
        if (isEmpty || (isAccess && isMode))
        {
            _ = xattrs?.Remove(name);
        }
        else
        {
            error = (xattrs ??= new XattrStore()).Set(name, value, XattrFlags.None);
        }

        if (error == Errno.None && isAccess && !isEmpty)
        {
            Mode = (Mode & ~0x1FFu) | permissions;
        }

        return error;
    }

    private void StoreAcl(ReadOnlySpan<byte> name, ReadOnlySpan<byte> acl)
    {
        if (!acl.IsEmpty)
        {
            _ = (xattrs ??= new XattrStore()).Set(name, acl, XattrFlags.None);
        }
    }
}
