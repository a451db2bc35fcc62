using System.Buffers.Binary;
using Ext2Union.Fuse.Mounting;
using Ext2Union.Fuse.Protocol;
using Ext2Union.Vfs;

namespace Ext2Union.Fuse.Requests;

/// <summary>
/// The ioctls behind lsattr(1) and chattr(1): FS_IOC_GETFLAGS, SETFLAGS, FSGETXATTR, FSSETXATTR (linux/fs.h). The kernel has checked that the caller
/// owns the file, and the capability for immutable and append-only. Every other one is ENOTTY.
/// </summary>
internal sealed unsafe class IoctlRequests(ServedTree tree)
{
    private const uint GetFlags = 0x80086601;
    private const uint GetFlags32 = 0x80046601;
    private const uint SetFlags = 0x40086602;
    private const uint SetFlags32 = 0x40046602;
    private const uint GetExtended = 0x801C581F;
    private const uint SetExtended = 0x401C5820;
    private const int ExtendedBytes = 28;

    // fsx_xflags and the inode flags they stand for.
    private static readonly (uint Extended, InodeFlags Flag)[] ExtendedFlags =
    [
        (0x00000008, InodeFlags.Immutable),
        (0x00000010, InodeFlags.AppendOnly),
        (0x00000020, InodeFlags.Synchronous),
        (0x00000040, InodeFlags.NoAccessTime),
        (0x00000080, InodeFlags.NoDump),
    ];

    /// <summary>IOCTL.</summary>
    public Errno Control(Exchange exchange, Inode inode)
    {
        ref IoctlIn wanted = ref exchange.Fixed<IoctlIn>();
        ReadOnlySpan<byte> argument = exchange.After<IoctlIn>();
        switch (wanted.Command)
        {
            case GetFlags or GetFlags32 or GetExtended:
                return Show(exchange, inode, wanted.Command == GetExtended, (int)Math.Min(wanted.OutSize, ExtendedBytes));
            case SetFlags or SetFlags32 when argument.Length >= sizeof(uint):
                return Change(exchange, inode, (InodeFlags)BinaryPrimitives.ReadUInt32LittleEndian(argument), InodeFlags.UserModifiable);
            case SetExtended when argument.Length >= ExtendedBytes:
                return ChangeExtended(exchange, inode, BinaryPrimitives.ReadUInt32LittleEndian(argument));
            case ControlCall.Command when tree.Options.Control is { } control && exchange.Header.Node == NodeTable.RootNode && argument.Length == ControlCall.Bytes:
                return exchange.Header.UserId == 0 ? Ask(exchange, control, argument) : Errno.EPERM;
            default:
                return Errno.ENOTTY;
        }
    }

    private static Errno Ask(Exchange exchange, Func<string, string> control, ReadOnlySpan<byte> question)
    {
        string answer = control(ControlCall.TextOf(question));
        _ = exchange.Answer<IoctlOut>();
        ControlCall.Write(answer, exchange.Payload.Slice(sizeof(IoctlOut), ControlCall.Bytes));
        exchange.Answer(sizeof(IoctlOut) + ControlCall.Bytes);
        return Errno.None;
    }

    private static Errno Show(Exchange exchange, Inode inode, bool extended, int size)
    {
        if (inode.GetAttributes(out Attributes attributes) is var error and not Errno.None)
        {
            return error;
        }

        uint value = (uint)(attributes.Flags & InodeFlags.UserVisible);
        if (extended)
        {
            value = 0;
            foreach ((uint bit, InodeFlags flag) in ExtendedFlags)
            {
                value |= (attributes.Flags & flag) != 0 ? bit : 0;
            }
        }

        _ = exchange.Answer<IoctlOut>();
        Span<byte> answer = exchange.Payload.Slice(sizeof(IoctlOut), ExtendedBytes);
        answer.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(answer, value);
        exchange.Answer(sizeof(IoctlOut) + size);
        return Errno.None;
    }

    private Errno Change(Exchange exchange, Inode inode, InodeFlags flags, InodeFlags mask)
    {
        if (inode.GetAttributes(out Attributes attributes) is var error and not Errno.None)
        {
            return error;
        }

        // chattr(1) sends back what it read; a bit that is neither changeable nor as it was is refused, as ext2_fileattr_set does.
        const InodeFlags Changeable = InodeFlags.UserModifiable;
        if (((flags ^ attributes.Flags) & mask & ~Changeable) != 0 || (flags & ~InodeFlags.UserVisible) != 0)
        {
            return Errno.EOPNOTSUPP;
        }

        AttributeChange change = new() { Fields = AttributeFields.Flags, Flags = (attributes.Flags & ~mask & Changeable) | (flags & mask) };
        error = inode.SetAttributes(in change);
        if (error == Errno.None)
        {
            // The kernel does not know that this request sets the change time.
            tree.AttributesChanged(inode);
            _ = exchange.Answer<IoctlOut>();
        }

        return error;
    }

    private Errno ChangeExtended(Exchange exchange, Inode inode, uint extended)
    {
        InodeFlags flags = InodeFlags.None;
        InodeFlags mask = InodeFlags.None;
        foreach ((uint bit, InodeFlags flag) in ExtendedFlags)
        {
            mask |= flag;
            flags |= (extended & bit) != 0 ? flag : InodeFlags.None;
            extended &= ~bit;
        }

        return extended != 0 ? Errno.EOPNOTSUPP : Change(exchange, inode, flags, mask);
    }
}
