using Ext2Union.Fuse.Protocol;
using Ext2Union.Vfs;

namespace Ext2Union.Fuse.Requests;

/// <summary>
/// Requests about the content of a file. A handle is the <see cref="OpenMode"/> it was opened with: the kernel keeps the node for as long as a handle is open, so
/// there is nothing to look up and nothing to leak.
/// </summary>
internal sealed class FileRequests(ServedTree tree)
{
    private const uint AccessMask = 3;
    private const uint WriteOnly = 1;
    private const uint OpenTruncate = 0x200;
    private const uint OpenAppend = 0x400;
    private const uint OpenKillSetIds = 1;
    private const uint WriteKillSetIds = 4;
    private const uint DataOnly = 1;
    private const ulong CapabilityBit = 0x100;

    /// <summary>OPEN.</summary>
    public Errno Open(Exchange exchange, Inode inode)
    {
        ref OpenIn wanted = ref exchange.Fixed<OpenIn>();
        bool killSetIds = (wanted.OpenFlags & OpenKillSetIds) != 0;
        Errno error = Begin(inode, wanted.Flags, out ulong handle);
        if (error == Errno.None && (wanted.Flags & OpenTruncate) != 0)
        {
            error = Truncate(inode, killSetIds);
            if (error != Errno.None)
            {
                End(inode, handle);
            }
        }

        if (error == Errno.None)
        {
            ref OpenOut answer = ref exchange.Answer<OpenOut>();
            answer.Handle = handle;
            answer.Flags = ReplyFlags(tree);
        }

        return error;
    }

    /// <summary>What an open file allows the kernel: to keep the pages of a tree that is ours alone, and not to ask at each close.</summary>
    public static OpenReply ReplyFlags(ServedTree tree) => OpenReply.NoFlush | (tree.IsExclusive ? OpenReply.KeepCache : OpenReply.None);

    /// <summary>Begins an open. Ended by <see cref="End"/>. Errors: EISDIR and ENXIO for what has no content; of <see cref="Inode.Opened"/>.</summary>
    public static Errno Begin(Inode inode, uint flags, out ulong handle)
    {
        handle = 0;
        if (inode is not FileInode)
        {
            return inode.Kind == InodeKind.Directory ? Errno.EISDIR : Errno.ENXIO;
        }

        OpenMode mode = ModeOf(flags);
        Errno error = inode.Opened(mode);
        handle = (ulong)mode | ((mode & OpenMode.Write) != 0 && Privileges.HasCapability(inode) ? CapabilityBit : 0);
        return error;
    }

    /// <summary>Ends an open.</summary>
    public static void End(Inode inode, ulong handle) => inode.Closed((OpenMode)(handle & (CapabilityBit - 1)));

    /// <summary>RELEASE.</summary>
    public static Errno Release(Exchange exchange, Inode inode)
    {
        End(inode, exchange.Fixed<ReleaseIn>().Handle);
        return Errno.None;
    }

    /// <summary>READ.</summary>
    public static Errno Read(Exchange exchange, Inode inode)
    {
        ref ReadIn wanted = ref exchange.Fixed<ReadIn>();
        if (inode is not FileInode file || wanted.Size > Exchange.MaximumPayload)
        {
            return Errno.EINVAL;
        }

        Errno error = file.Read((long)wanted.Offset, exchange.Payload[..(int)wanted.Size], out int count);
        if (error == Errno.None)
        {
            exchange.Answer(count);
        }

        return error;
    }

    /// <summary>WRITE.</summary>
    public Errno Write(Exchange exchange, Inode inode)
    {
        ref WriteIn wanted = ref exchange.Fixed<WriteIn>();
        Span<byte> data = exchange.After<WriteIn>();
        if (inode is not FileInode file || wanted.Size > data.Length)
        {
            return Errno.EINVAL;
        }

        bool capability = tree.HasCapabilities || (wanted.Handle & CapabilityBit) != 0;
        Errno error = Privileges.DropAfterContentChange(tree, inode, (wanted.WriteFlags & WriteKillSetIds) != 0, capability);
        if (error != Errno.None)
        {
            return error;
        }

        error = file.Write((long)wanted.Offset, data[..(int)wanted.Size], out int written);
        if (error == Errno.None)
        {
            exchange.Answer<WriteOut>().Size = (uint)written;
        }

        return error;
    }

    /// <summary>FSYNC and FSYNCDIR.</summary>
    public static Errno Synchronize(Exchange exchange, Inode inode) => inode.Sync((exchange.Fixed<SynchronizeIn>().Flags & DataOnly) != 0);

    /// <summary>FALLOCATE.</summary>
    public Errno Allocate(Exchange exchange, Inode inode)
    {
        const uint Known = (uint)(AllocateMode.KeepSize | AllocateMode.PunchHole | AllocateMode.ZeroRange);
        ref AllocateIn wanted = ref exchange.Fixed<AllocateIn>();
        if (inode is not FileInode file || (wanted.Mode & ~Known) != 0)
        {
            return Errno.EOPNOTSUPP;
        }

        Errno error = file.Allocate((AllocateMode)wanted.Mode, (long)wanted.Offset, (long)wanted.Length);
        return error == Errno.None ? Privileges.DropAfterContentChange(tree, inode, exchange.Header.UserId != 0, true) : error;
    }

    /// <summary>LSEEK; the kernel asks only for data and holes.</summary>
    public static Errno Seek(Exchange exchange, Inode inode)
    {
        ref SeekIn wanted = ref exchange.Fixed<SeekIn>();
        if (inode is not FileInode file || wanted.Whence is not ((uint)SeekKind.Data or (uint)SeekKind.Hole))
        {
            return Errno.EINVAL;
        }

        Errno error = file.Seek((long)wanted.Offset, (SeekKind)wanted.Whence, out long position);
        if (error == Errno.None)
        {
            exchange.Answer<SeekOut>().Offset = (ulong)position;
        }

        return error;
    }

    /// <summary>COPY_FILE_RANGE and its 64-bit form: through the reply's memory, a piece at a time. May copy a part, as the system call.</summary>
    public Errno CopyRange(Exchange exchange, Inode inode, bool wide)
    {
        ref CopyRangeIn wanted = ref exchange.Fixed<CopyRangeIn>();
        Inode? destination = tree.Nodes.Find(wanted.NodeOut);
        long copied = 0;
        Errno error = Errno.EINVAL;
        if (inode is FileInode from && destination is FileInode to)
        {
            // generic_copy_file_checks: unlike a write, this is refused also where the descriptor is older than the flag.
            error = to.GetAttributes(out Attributes target);
            error = error == Errno.None && (target.Flags & InodeFlags.Immutable) != 0 ? Errno.EPERM : error;
            error = error == Errno.None ? Privileges.DropAfterContentChange(tree, to, exchange.Header.UserId != 0, true) : error;
            error = error == Errno.None ? Copy(exchange.Payload, from, to, in wanted, out copied) : error;
        }

        destination?.Release();
        if (error != Errno.None && copied == 0)
        {
            return error;
        }

        if (wide)
        {
            exchange.Answer<CopyRangeOut>().Copied = (ulong)copied;
        }
        else
        {
            exchange.Answer<WriteOut>().Size = (uint)copied;
        }

        return Errno.None;
    }

    // A piece is short enough that an interrupted copy of a huge file does not hold its worker for minutes.
    private static Errno Copy(Span<byte> buffer, FileInode from, FileInode to, in CopyRangeIn range, out long copied)
    {
        const long LongestCopy = 64 << 20;
        copied = 0;
        long length = (long)Math.Min(range.Length, (ulong)LongestCopy);
        while (copied < length)
        {
            int want = (int)Math.Min(buffer.Length, length - copied);
            if (from.Read((long)range.OffsetIn + copied, buffer[..want], out int read) is var error and not Errno.None)
            {
                return error;
            }

            if (read == 0)
            {
                break;
            }

            error = to.Write((long)range.OffsetOut + copied, buffer[..read], out int written);
            if (error != Errno.None || written == 0)
            {
                return error;
            }

            copied += written;
        }

        return Errno.None;
    }

    private Errno Truncate(Inode inode, bool killSetIds)
    {
        Errno error = ((FileInode)inode).SetSize(0);
        return error == Errno.None ? Privileges.DropAfterContentChange(tree, inode, killSetIds, true) : error;
    }

    private static OpenMode ModeOf(uint flags)
    {
        uint access = flags & AccessMask;
        OpenMode mode = access == WriteOnly ? OpenMode.Write : access == 0 ? OpenMode.Read : OpenMode.Read | OpenMode.Write;
        mode |= (flags & OpenTruncate) != 0 ? OpenMode.Truncate | OpenMode.Write : OpenMode.None;
        return mode | ((flags & OpenAppend) != 0 ? OpenMode.Append : OpenMode.None);
    }
}
