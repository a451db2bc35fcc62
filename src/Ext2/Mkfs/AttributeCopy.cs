using System.Text;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>Copies what an inode is besides its content: extended attributes, ACLs, owner, mode and times, in the order in which nothing undoes what came before.</summary>
internal sealed class AttributeCopy(TimeLimit times)
{
    private const int MostBytes = 1 << 16;

    private readonly byte[] names = new byte[MostBytes];
    private readonly byte[] value = new byte[MostBytes];

    public Errno Copy(Inode source, Inode target, bool keepOwner, out string what)
    {
        Errno error = CopyXattrs(source, target, out what);
        if (error != Errno.None)
        {
            return error;
        }

        what = "copying its attributes";
        error = source.GetAttributes(out Attributes attributes);
        if (error != Errno.None)
        {
            return error;
        }

        var change = new AttributeChange
        {
            Fields = (keepOwner ? AttributeFields.None : AttributeFields.UserId | AttributeFields.GroupId)
                | (source.Kind == InodeKind.Symlink ? AttributeFields.None : AttributeFields.Mode),
            Mode = attributes.Mode,
            UserId = attributes.UserId,
            GroupId = attributes.GroupId,
        };
        times.Apply(ref change, attributes.AccessTime, attributes.ModifyTime, attributes.ChangeTime);
        return target.SetAttributes(change);
    }

    private Errno CopyXattrs(Inode source, Inode target, out string what)
    {
        what = "listing its extended attributes";
        Errno error = source.ListXattr(names, out int length);
        if (error is Errno.EOPNOTSUPP)
        {
            return Errno.None;
        }

        if (error != Errno.None)
        {
            return error;
        }

        var sorted = new List<byte[]>();
        ReadOnlySpan<byte> list = names.AsSpan(0, length);
        foreach (Range range in list.Split((byte)0))
        {
            if (!list[range].IsEmpty && IsOfTheTree(list[range]))
            {
                sorted.Add(list[range].ToArray());
            }
        }

        sorted.Sort(static (left, right) => left.AsSpan().SequenceCompareTo(right));
        foreach (byte[] name in sorted)
        {
            what = $"copying the extended attribute {Encoding.UTF8.GetString(name)}";
            error = source.GetXattr(name, value, out int size);
            error = error != Errno.None ? error : target.SetXattr(name, value.AsSpan(0, size), XattrFlags.None);
            if (error is not (Errno.None or Errno.ENODATA))
            {
                return error;
            }
        }

        return Errno.None;
    }

    // Records of a top describe that volume's inodes and its lowers (docs/FORMAT.md): of a copy of its tree they would be untrue.
    // What the host's file system answers under system.* (NFS and CIFS rules, say) is its own; POSIX ACLs are the tree's.
    internal static bool IsOfTheTree(ReadOnlySpan<byte> name) =>
        (!name.StartsWith("system."u8) && !name.StartsWith("trusted.ext2u."u8)) || name.SequenceEqual("system.posix_acl_access"u8) || name.SequenceEqual("system.posix_acl_default"u8);
}
