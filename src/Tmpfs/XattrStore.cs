using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs;

/// <summary>The extended attributes of one object, by full name. Guarded by the file system's lock.</summary>
internal sealed class XattrStore
{
    /// <summary>Bytes of names and values that one object may hold.</summary>
    public const int MaximumBytes = 128 * 1024;

    /// <summary>XATTR_NAME_MAX.</summary>
    public const int MaximumNameBytes = 255;

    /// <summary>XATTR_SIZE_MAX.</summary>
    public const int MaximumValueBytes = 64 * 1024;

    private readonly List<(byte[] Name, byte[] Value)> attributes = [];
    private int bytes;

    /// <summary>The value, or null.</summary>
    public byte[]? Find(ReadOnlySpan<byte> name) => IndexOf(name) is var index and >= 0 ? attributes[index].Value : null;

    /// <summary>As <see cref="Inode.SetXattr"/>.</summary>
    public Errno Set(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrFlags flags)
    {
        int index = IndexOf(name);
        if (index < 0 && (flags & XattrFlags.Replace) != 0)
        {
            return Errno.ENODATA;
        }

        if (index >= 0 && (flags & XattrFlags.Create) != 0)
        {
            return Errno.EEXIST;
        }

        int more = index < 0 ? name.Length + value.Length : value.Length - attributes[index].Value.Length;
        if (bytes + more > MaximumBytes)
        {
            return Errno.ENOSPC;
        }

        bytes += more;
        if (index < 0)
        {
            attributes.Add((name.ToArray(), value.ToArray()));
        }
        else
        {
            attributes[index] = (attributes[index].Name, value.ToArray());
        }

        return Errno.None;
    }

    /// <summary>Counts bytes of something else that is kept with the object, or gives them back; false when they are too many.</summary>
    public bool TryCharge(int more)
    {
        bool fits = bytes + more <= MaximumBytes;
        bytes += fits ? more : 0;
        return fits;
    }

    /// <summary>Removes an attribute; false when it is not there.</summary>
    public bool Remove(ReadOnlySpan<byte> name)
    {
        int index = IndexOf(name);
        if (index < 0)
        {
            return false;
        }

        bytes -= attributes[index].Name.Length + attributes[index].Value.Length;
        attributes.RemoveAt(index);
        return true;
    }

    /// <summary>As <see cref="Inode.ListXattr"/>.</summary>
    public Errno List(Span<byte> buffer, out int length)
    {
        length = 0;
        foreach ((byte[] name, _) in attributes)
        {
            length += name.Length + 1;
        }

        if (buffer.IsEmpty)
        {
            return Errno.None;
        }

        if (length > buffer.Length)
        {
            return Errno.ERANGE;
        }

        int at = 0;
        foreach ((byte[] name, _) in attributes)
        {
            name.CopyTo(buffer[at..]);
            buffer[at + name.Length] = 0;
            at += name.Length + 1;
        }

        return Errno.None;
    }

    private int IndexOf(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < attributes.Count; i++)
        {
            if (name.SequenceEqual(attributes[i].Name))
            {
                return i;
            }
        }

        return -1;
    }
}
