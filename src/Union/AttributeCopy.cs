using System.Buffers;
using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// Gives an inode on top what its lower has: extended attributes and ACLs, then mode, owner, times and flags in one change. What the top cannot
/// hold refuses the copy with the top's errno; nothing is silently lost.
/// </summary>
internal static class AttributeCopy
{
    private const AttributeFields Copied = AttributeFields.Mode | AttributeFields.UserId | AttributeFields.GroupId
        | AttributeFields.AccessTime | AttributeFields.ModifyTime | AttributeFields.ChangeTime;

    /// <summary>Copies all.</summary>
    public static Errno Run(Inode from, Inode to, out Attributes attributes)
    {
        Errno error = from.GetAttributes(out attributes);
        if (error == Errno.None)
        {
            error = CopyXattrs(from, to);
        }

        return error == Errno.None ? Apply(attributes, to) : error;
    }

    /// <summary>Sets the modification and change time of a directory back to what they were.</summary>
    public static Errno RestoreTimes(Inode inode, in Attributes attributes)
    {
        var change = new AttributeChange
        {
            Fields = AttributeFields.ModifyTime | AttributeFields.ChangeTime,
            ModifyTime = attributes.ModifyTime,
            ChangeTime = attributes.ChangeTime,
        };
        return inode.SetAttributes(change);
    }

    // One change, and the last one: times would move with every other, and an immutable inode takes no more.
    private static Errno Apply(in Attributes attributes, Inode to)
    {
        var change = new AttributeChange
        {
            Fields = Copied,
            Mode = attributes.Mode,
            UserId = attributes.UserId,
            GroupId = attributes.GroupId,
            AccessTime = attributes.AccessTime,
            ModifyTime = attributes.ModifyTime,
            ChangeTime = attributes.ChangeTime,
            BirthTime = attributes.BirthTime,
            Flags = attributes.Flags & InodeFlags.UserModifiable,
        };
        if (attributes.BirthTime.Seconds != 0)
        {
            change.Fields |= AttributeFields.BirthTime;
        }

        // What was made on the top may have taken flags from the directory it was made in, which the original does not have.
        Errno error = to.GetAttributes(out Attributes made);
        if ((made.Flags & InodeFlags.UserModifiable) != change.Flags)
        {
            change.Fields |= AttributeFields.Flags;
        }

        return error == Errno.None ? to.SetAttributes(change) : error;
    }

    private static Errno CopyXattrs(Inode from, Inode to)
    {
        Errno error = from.ListXattr([], out int length);
        if (error != Errno.None || length == 0)
        {
            return error == Errno.EOPNOTSUPP ? Errno.None : error;
        }

        byte[] names = ArrayPool<byte>.Shared.Rent(XattrAccess.MaximumBytes);
        byte[] value = ArrayPool<byte>.Shared.Rent(XattrAccess.MaximumBytes);
        try
        {
            error = from.ListXattr(names, out length);
            ReadOnlySpan<byte> rest = names.AsSpan(0, error == Errno.None ? XattrAccess.RemoveHidden(names.AsSpan(0, length)) : 0);
            while (error == Errno.None && !rest.IsEmpty)
            {
                int end = rest.IndexOf((byte)0);
                ReadOnlySpan<byte> name = end < 0 ? rest : rest[..end];
                rest = end < 0 ? default : rest[(end + 1)..];
                error = from.GetXattr(name, value, out int valueLength);
                if (error == Errno.None)
                {
                    error = to.SetXattr(name, value.AsSpan(0, valueLength), XattrFlags.None);
                }
            }

            return error;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(names);
            ArrayPool<byte>.Shared.Return(value);
        }
    }
}
