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

        if (!IsOffered(name))
        {
            return Errno.EOPNOTSUPP;
        }

        tree.HasCapabilities |= name.SequenceEqual(Privileges.CapabilityName);
        Errno error = inode.SetXattr(name, rest.Slice(name.Length + 1, (int)wanted.Size), (XattrFlags)wanted.Flags);
        return error == Errno.None && (wanted.ExtraFlags & AclKillSetGroupId) != 0 ? DropSetGroupId(inode) : error;
    }

    /// <summary>GETXATTR.</summary>
    public Errno Get(Exchange exchange, Inode inode)
    {
        if (!IsOffered(Names.First(exchange.After<GetXattrIn>())))
        {
            return Errno.EOPNOTSUPP;
        }

        uint size = exchange.Fixed<GetXattrIn>().Size;
        Span<byte> room = exchange.Payload[..(int)Math.Min(size, Exchange.MaximumPayload)];
        Errno error = inode.GetXattr(Names.First(exchange.After<GetXattrIn>()), room, out int length);
        return AnswerBytes(exchange, size, length, error);
    }

    /// <summary>LISTXATTR.</summary>
    public Errno List(Exchange exchange, Inode inode)
    {
        uint size = exchange.Fixed<GetXattrIn>().Size;
        Errno error = inode.ListXattr(exchange.Payload, out int length);
        if (error != Errno.None)
        {
            return error;
        }

        bool showsTrusted = exchange.Header.UserId == 0;
        if (!showsTrusted || !tree.Options.HasAcls || !tree.Options.HasUserXattrs)
        {
            length = KeepShown(exchange.Payload[..length], showsTrusted);
        }

        return AnswerBytes(exchange, size, length, size != 0 && length > size ? Errno.ERANGE : Errno.None);
    }

    /// <summary>REMOVEXATTR.</summary>
    public Errno Remove(Exchange exchange, Inode inode)
    {
        ReadOnlySpan<byte> name = Names.First(exchange.Body);
        return IsOffered(name) ? inode.RemoveXattr(name) : Errno.EOPNOTSUPP;
    }

    private bool IsOffered(ReadOnlySpan<byte> name) =>
        (tree.Options.HasAcls || !PosixAcl.IsName(name)) && (tree.Options.HasUserXattrs || !name.StartsWith("user."u8));

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

    private int KeepShown(Span<byte> list, bool showsTrusted)
    {
        int kept = 0;
        for (int at = 0; at < list.Length;)
        {
            int length = Names.First(list[at..]).Length + 1;
            if (at + length > list.Length)
            {
                break;
            }

            ReadOnlySpan<byte> name = list.Slice(at, length - 1);
            if ((showsTrusted || !name.StartsWith("trusted."u8)) && IsOffered(name))
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
