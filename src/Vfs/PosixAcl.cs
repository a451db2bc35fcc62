using System.Buffers.Binary;

namespace Ext2Union.Vfs;

/// <summary>
/// The xattr form of an access control list (linux/posix_acl_xattr.h): a header with version 2, then 8 bytes an entry, all little-endian.
/// It is what <c>system.posix_acl_access</c> and <c>system.posix_acl_default</c> carry; works in place and makes no garbage.
/// </summary>
public static class PosixAcl
{
    /// <summary>Bytes before the first entry.</summary>
    public const int HeaderBytes = 4;
    /// <summary>Bytes of an entry.</summary>
    public const int EntryBytes = 8;
    /// <summary>POSIX_ACL_XATTR_VERSION.</summary>
    public const uint Version = 2;
    /// <summary>Entries that any layer of this project stores; a 4 KiB attribute block of ext2 holds about 500.</summary>
    public const int MaximumEntries = 1024;
    /// <summary>Bytes of the largest list.</summary>
    public const int MaximumBytes = HeaderBytes + MaximumEntries * EntryBytes;

    /// <summary>Name of the attribute with the list that decides access.</summary>
    public static ReadOnlySpan<byte> AccessName => "system.posix_acl_access"u8;
    /// <summary>Name of the attribute with the list that new children start from.</summary>
    public static ReadOnlySpan<byte> DefaultName => "system.posix_acl_default"u8;

    /// <summary>Whether an attribute name is one of the two lists.</summary>
    public static bool IsName(ReadOnlySpan<byte> name) => name.SequenceEqual(AccessName) || name.SequenceEqual(DefaultName);

    /// <summary>
    /// Checks a value as posix_acl_from_xattr and posix_acl_valid do. A list without entries is valid: setting it removes the attribute.
    /// Errors: EINVAL, EOPNOTSUPP for another version, ENOSPC beyond <see cref="MaximumEntries"/>.
    /// </summary>
    public static Errno Check(ReadOnlySpan<byte> acl)
    {
        if (acl.Length < HeaderBytes)
        {
            return Errno.EINVAL;
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(acl) != Version)
        {
            return Errno.EOPNOTSUPP;
        }

        if ((acl.Length - HeaderBytes) % EntryBytes != 0)
        {
            return Errno.EINVAL;
        }

        if (acl.Length > MaximumBytes)
        {
            return Errno.ENOSPC;
        }

        return CountOf(acl) == 0 || IsOrdered(acl) ? Errno.None : Errno.EINVAL;
    }

    /// <summary>Entries of a list that passed <see cref="Check"/>.</summary>
    public static int CountOf(ReadOnlySpan<byte> acl) => acl.Length <= HeaderBytes ? 0 : (acl.Length - HeaderBytes) / EntryBytes;

    /// <summary>Bytes of a list with this many entries.</summary>
    public static int BytesOf(int count) => HeaderBytes + count * EntryBytes;

    /// <summary>Reads an entry.</summary>
    public static AclEntry EntryOf(ReadOnlySpan<byte> acl, int index)
    {
        ReadOnlySpan<byte> entry = acl.Slice(BytesOf(index), EntryBytes);
        return new AclEntry(
            (AclTag)BinaryPrimitives.ReadUInt16LittleEndian(entry),
            BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]),
            BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]));
    }

    /// <summary>Writes the header of a list.</summary>
    public static void SetHeader(Span<byte> acl) => BinaryPrimitives.WriteUInt32LittleEndian(acl, Version);

    /// <summary>Writes an entry.</summary>
    public static void SetEntry(Span<byte> acl, int index, AclEntry value)
    {
        Span<byte> entry = acl.Slice(BytesOf(index), EntryBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)value.Tag);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], value.Permissions);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], value.Id);
    }

    /// <summary>
    /// The permission bits (0777) a list stands for; the group's are the mask's where there is one. True: the mode says all the
    /// list says, so it need not be stored (posix_acl_equiv_mode).
    /// </summary>
    public static bool IsEquivalentToMode(ReadOnlySpan<byte> acl, out uint permissions)
    {
        uint owner = 0, group = 0, other = 0;
        uint? mask = null;
        bool equivalent = true;
        for (int i = 0; i < CountOf(acl); i++)
        {
            AclEntry entry = EntryOf(acl, i);
            switch (entry.Tag)
            {
                case AclTag.Owner: owner = entry.Permissions; break;
                case AclTag.OwningGroup: group = entry.Permissions; break;
                case AclTag.Other: other = entry.Permissions; break;
                case AclTag.Mask: mask = entry.Permissions; equivalent = false; break;
                default: equivalent = false; break;
            }
        }

        permissions = ((owner & 7) << 6) | (((mask ?? group) & 7) << 3) | (other & 7);
        return equivalent;
    }

    /// <summary>What chmod does to the list: owner, mask (without one: owning group) and other take the mode's bits (__posix_acl_chmod_masq).</summary>
    public static void ApplyMode(Span<byte> acl, uint mode)
    {
        bool hasMask = HasMask(acl);
        for (int i = 0; i < CountOf(acl); i++)
        {
            AclEntry entry = EntryOf(acl, i);
            if (ShiftOf(entry.Tag, hasMask) is { } shift)
            {
                SetEntry(acl, i, entry with { Permissions = (ushort)((mode >> shift) & 7) });
            }
        }
    }

    /// <summary>
    /// Turns a default list into the access list of a new object and limits both the list and <paramref name="mode"/> to what the other
    /// allows (posix_acl_create_masq). True: the mode says all the list says, so it need not be stored.
    /// </summary>
    public static bool LimitToCreation(Span<byte> acl, ref uint mode)
    {
        bool hasMask = HasMask(acl);
        bool equivalent = !hasMask;
        for (int i = 0; i < CountOf(acl); i++)
        {
            AclEntry entry = EntryOf(acl, i);
            equivalent &= !entry.IsNamed;
            if (ShiftOf(entry.Tag, hasMask) is { } shift)
            {
                uint allowed = entry.Permissions & (mode >> shift) & 7;
                SetEntry(acl, i, entry with { Permissions = (ushort)allowed });
                mode = (mode & ~(7u << shift)) | (allowed << shift);
            }
        }

        return equivalent;
    }

    private static bool HasMask(ReadOnlySpan<byte> acl)
    {
        for (int i = 0; i < CountOf(acl); i++)
        {
            if (EntryOf(acl, i).Tag == AclTag.Mask)
            {
                return true;
            }
        }

        return false;
    }

    // The place in the mode that an entry is tied to; named entries and a masked owning group are tied to none.
    private static int? ShiftOf(AclTag tag, bool hasMask) => tag switch
    {
        AclTag.Owner => 6,
        AclTag.Mask => 3,
        AclTag.OwningGroup when !hasMask => 3,
        AclTag.Other => 0,
        _ => null,
    };

    // posix_acl_valid: owner, users, owning group, groups, mask, other, in this order; named entries need a mask.
    private static bool IsOrdered(ReadOnlySpan<byte> acl)
    {
        AclTag next = AclTag.Owner;
        bool needsMask = false;
        int count = CountOf(acl);
        for (int i = 0; i < count; i++)
        {
            AclEntry entry = EntryOf(acl, i);
            if (entry.Permissions > 7 || (entry.IsNamed && entry.Id == AclEntry.NoId))
            {
                return false;
            }

            needsMask |= entry.IsNamed;
            switch (entry.Tag)
            {
                case AclTag.Owner when next == AclTag.Owner:
                    next = AclTag.User;
                    break;
                case AclTag.User when next == AclTag.User:
                case AclTag.Group when next == AclTag.Group:
                    break;
                case AclTag.OwningGroup when next == AclTag.User:
                    next = AclTag.Group;
                    break;
                case AclTag.Mask when next == AclTag.Group:
                    next = AclTag.Other;
                    break;
                case AclTag.Other when next == AclTag.Other || (next == AclTag.Group && !needsMask):
                    return i == count - 1;
                default:
                    return false;
            }
        }

        return false;
    }
}
