using Ext2Union.Fuse.Protocol;
using Ext2Union.Vfs;

namespace Ext2Union.Fuse.Requests;

/// <summary>Extended attributes. The kernel checks who may use which name space; what it does not do is to hide trusted.* from a listing.</summary>
internal sealed class XattrRequests(ServedTree tree)
{
    private const uint AclKillSetGroupId = 1;

    /// <summary>SETXATTR.</summary>
    public Errno Set(Exchange exchange, Inode inode)
    {
        ref SetXattrIn wanted = ref exchange.Fixed<SetXattrIn>();
        Span<byte> rest = exchange.After<SetXattrIn>();
        ReadOnlySpan<byte> name = Names.First(rest);
        if (name.Length == 0 || name.Length + 1L + wanted.Size > rest.Length)
        {
            return Errno.EINVAL;
        }

        tree.HasCapabilities |= name.SequenceEqual(Privileges.CapabilityName);
        Errno error = inode.SetXattr(name, rest.Slice(name.Length + 1, (int)wanted.Size), (XattrFlags)wanted.Flags);
        return error == Errno.None && (wanted.ExtraFlags & AclKillSetGroupId) != 0 ? DropSetGroupId(inode) : error;
    }

    /// <summary>GETXATTR.</summary>
    public static Errno Get(Exchange exchange, Inode inode)
    {
        uint size = exchange.Fixed<GetXattrIn>().Size;
        Span<byte> room = exchange.Payload[..(int)Math.Min(size, Exchange.MaximumPayload)];
        Errno error = inode.GetXattr(Names.First(exchange.After<GetXattrIn>()), room, out int length);
        return AnswerBytes(exchange, size, length, error);
    }

    /// <summary>LISTXATTR.</summary>
    public static Errno List(Exchange exchange, Inode inode)
    {
        uint size = exchange.Fixed<GetXattrIn>().Size;
        Errno error = inode.ListXattr(exchange.Payload, out int length);
        if (error != Errno.None)
        {
            return error;
        }

        if (exchange.Header.UserId != 0)
        {
            length = HideTrusted(exchange.Payload[..length]);
        }

        return AnswerBytes(exchange, size, length, size != 0 && length > size ? Errno.ERANGE : Errno.None);
    }

    /// <summary>REMOVEXATTR.</summary>
    public Errno Remove(Exchange exchange, Inode inode)
    {
        return inode.RemoveXattr(Names.First(exchange.Body));
    }

    // Size 0 asks for the length alone, and its answer has another form.
    private static Errno AnswerBytes(Exchange exchange, uint size, int length, Errno error)
    {
        if (error == Errno.None && size == 0)
        {
            exchange.Answer<GetXattrOut>().Size = (uint)length;
        }
        else if (error == Errno.None)
        {
            exchange.Answer(length);
        }

        return error;
    }

    private static int HideTrusted(Span<byte> list)
    {
        int kept = 0;
        for (int at = 0; at < list.Length;)
        {
            int length = Names.First(list[at..]).Length + 1;
            if (at + length > list.Length)
            {
                break;
            }

            if (!list[at..].StartsWith("trusted."u8))
            {
                list.Slice(at, length).CopyTo(list[kept..]);
                kept += length;
            }

            at += length;
        }

        return kept;
    }

    private static Errno DropSetGroupId(Inode inode)
    {
        if (inode.GetAttributes(out Attributes attributes) is var error and not Errno.None)
        {
            return error;
        }

        AttributeChange change = new() { Fields = AttributeFields.Mode, Mode = attributes.Mode & ~ModeBits.SetGroupId };
        return (attributes.Mode & ModeBits.SetGroupId) != 0 ? inode.SetAttributes(in change) : Errno.None;
    }
}
