using System.Buffers;
using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>Extended attributes of a union's objects. Those in which layers keep what they know of the union are not for its users.</summary>
internal static class XattrAccess
{
    /// <summary>Largest list of names and largest value that Linux passes on (XATTR_LIST_MAX, XATTR_SIZE_MAX).</summary>
    public const int MaximumBytes = 65536;

    /// <summary>Whether a name belongs to the layers.</summary>
    public static bool IsHidden(ReadOnlySpan<byte> name) => name.StartsWith("trusted.ext2u."u8);

    /// <summary>getxattr(2).</summary>
    public static Errno Get(IUnionInode node, ReadOnlySpan<byte> name, Span<byte> buffer, out int length)
    {
        if (!IsHidden(name))
        {
            return node.State.Current.GetXattr(name, buffer, out length);
        }

        length = 0;
        return Errno.ENODATA;
    }

    /// <summary>setxattr(2). Errors: EPERM for a name of the layers.</summary>
    public static Errno Set(IUnionInode node, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrFlags flags)
    {
        Errno error = Prepare(node, name, flags);
        return error == Errno.None ? node.State.Top!.SetXattr(name, value, flags) : error;
    }

    /// <summary>removexattr(2).</summary>
    public static Errno Remove(IUnionInode node, ReadOnlySpan<byte> name)
    {
        Errno error = IsHidden(name) ? Errno.ENODATA : Prepare(node, name, XattrFlags.Replace);
        return error == Errno.None ? node.State.Top!.RemoveXattr(name) : error;
    }

    /// <summary>listxattr(2), without the names of the layers.</summary>
    public static Errno List(IUnionInode node, Span<byte> buffer, out int length)
    {
        Inode inode = node.State.Current;
        Errno error = inode.ListXattr([], out length);
        if (error != Errno.None || length == 0)
        {
            return error;
        }

        byte[] all = ArrayPool<byte>.Shared.Rent(MaximumBytes);
        error = inode.ListXattr(all, out length);
        if (error == Errno.None)
        {
            length = RemoveHidden(all.AsSpan(0, length));
            if (buffer.Length >= length)
            {
                all.AsSpan(0, length).CopyTo(buffer);
            }
            else
            {
                error = buffer.IsEmpty ? Errno.None : Errno.ERANGE;
            }
        }

        ArrayPool<byte>.Shared.Return(all);
        return error;
    }

    /// <summary>Takes the names of the layers out of a list, in place.</summary>
    /// <returns>The length that is left.</returns>
    public static int RemoveHidden(Span<byte> names)
    {
        int kept = 0;
        for (int start = 0; start < names.Length;)
        {
            int end = names[start..].IndexOf((byte)0);
            int next = end < 0 ? names.Length : start + end + 1;
            if (!IsHidden(names[start..next]))
            {
                names[start..next].CopyTo(names[kept..]);
                kept += next - start;
            }

            start = next;
        }

        return kept;
    }

    // A call that the attribute's presence or absence refuses is refused before anything is copied.
    private static Errno Prepare(IUnionInode node, ReadOnlySpan<byte> name, XattrFlags flags)
    {
        // xattr_permission: user attributes are for files and directories.
        bool isUsers = name.StartsWith("user."u8) && node is not (UnionFile or UnionDirectory);
        if (isUsers || IsHidden(name))
        {
            return Errno.EPERM;
        }

        Errno error = AttributeAccess.ReadFlags(node, out InodeFlags inodeFlags);
        if (error == Errno.None)
        {
            error = Protection.ChangeXattr(inodeFlags);
        }

        if (error == Errno.None && flags != XattrFlags.None)
        {
            Errno present = node.State.Current.GetXattr(name, [], out _);
            error = (flags, present) switch
            {
                (XattrFlags.Replace, Errno.ENODATA) => Errno.ENODATA,
                (XattrFlags.Create, Errno.None) => Errno.EEXIST,
                _ => Errno.None,
            };
        }

        return error == Errno.None ? node.State.Union.EnsureTop(node, long.MaxValue) : error;
    }
}
