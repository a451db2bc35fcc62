using Ext2Union.Fuse.Protocol;
using Ext2Union.Vfs;

namespace Ext2Union.Fuse.Requests;

/// <summary>Requests about one inode: LOOKUP, FORGET, GETATTR, SETATTR, STATX, READLINK, STATFS.</summary>
internal sealed class NodeRequests(ServedTree tree)
{
    /// <summary>Longest name, bytes.</summary>
    public const int MaximumNameBytes = 255;

    /// <summary>LOOKUP. A name that is absent is an answer, node 0 with a validity, so that the kernel keeps it.</summary>
    public Errno Lookup(Exchange exchange, Inode parent)
    {
        ReadOnlySpan<byte> name = Names.First(exchange.Body);
        if (name.Length is 0 or > MaximumNameBytes)
        {
            return name.Length == 0 ? Errno.EINVAL : Errno.ENAMETOOLONG;
        }

        ref EntryOut entry = ref exchange.Answer<EntryOut>();
        if (name.SequenceEqual("."u8))
        {
            parent.Acquire();
            return tree.Introduce(parent, ref entry);
        }

        if (parent is not DirectoryInode directory)
        {
            return Errno.ENOTDIR;
        }

        if (name.SequenceEqual(".."u8))
        {
            return directory.Parent().TryGet(out DirectoryInode above, out Errno unknown) ? tree.Introduce(above, ref entry) : unknown;
        }

        if (directory.Lookup(name).TryGet(out Inode inode, out Errno error))
        {
            return tree.Introduce(inode, ref entry);
        }

        if (error == Errno.ENOENT)
        {
            tree.SetValidity(ref entry);
            return Errno.None;
        }

        return error;
    }

    /// <summary>
    /// LOOKUP of "." on a node that the kernel no longer knows: how a file handle of NFS or open_by_handle_at(2) is opened. The kernel compares the generation.
    /// </summary>
    public Errno LookupForgotten(Exchange exchange)
    {
        if (!Names.First(exchange.Body).SequenceEqual("."u8))
        {
            return Errno.ESTALE;
        }

        return tree.FileSystem.Find(tree.Nodes.Translate(exchange.Header.Node)).TryGet(out Inode inode, out Errno error)
            ? tree.Introduce(inode, ref exchange.Answer<EntryOut>())
            : error;
    }

    /// <summary>FORGET.</summary>
    public void Forget(Exchange exchange) => tree.Nodes.Forget(exchange.Header.Node, exchange.Fixed<ForgetIn>().LookupCount);

    /// <summary>BATCH_FORGET.</summary>
    public unsafe void BatchForget(Exchange exchange)
    {
        Span<byte> list = exchange.After<BatchForgetIn>();
        uint count = exchange.Fixed<BatchForgetIn>().Count;
        fixed (byte* start = list)
        {
            for (int i = 0; i < count && (i + 1) * sizeof(ForgetOne) <= list.Length; i++)
            {
                ForgetOne one = ((ForgetOne*)start)[i];
                tree.Nodes.Forget(one.Node, one.LookupCount);
            }
        }
    }

    /// <summary>SETATTR. The size goes first: an owner or a mode that the caller may not use after the change must not stop it.</summary>
    public Errno SetAttributes(Exchange exchange, Inode inode)
    {
        ref SetAttributesIn wanted = ref exchange.Fixed<SetAttributesIn>();
        Errno error = MaySetTimes(inode, wanted.Fields);
        if (error == Errno.None && (wanted.Fields & SetAttributesFields.Size) != 0)
        {
            error = inode is FileInode file ? file.SetSize((long)wanted.Size) : Errno.EINVAL;
            if (error == Errno.None)
            {
                error = Privileges.DropAfterContentChange(tree, inode, (wanted.Fields & SetAttributesFields.KillSetIds) != 0, true);
            }
        }

        AttributeChange change = ChangeOf(in wanted);
        if (tree.Options.Shown is { StoresRoot: true })
        {
            change.UserId = 0;
            change.GroupId = 0;
        }

        if (error == Errno.None && change.Fields != AttributeFields.None)
        {
            if ((change.Fields & (AttributeFields.UserId | AttributeFields.GroupId)) != 0 && inode.Kind != InodeKind.Directory)
            {
                error = Privileges.DropWithOwner(inode, ref change);
            }

            error = error == Errno.None ? inode.SetAttributes(in change) : error;
        }

        return error == Errno.None ? tree.AnswerAttributes(exchange, inode) : error;
    }

    /// <summary>READLINK.</summary>
    public static Errno ReadLink(Exchange exchange, Inode inode)
    {
        if (inode is not SymlinkInode link)
        {
            return Errno.EINVAL;
        }

        Errno error = link.ReadTarget(exchange.Payload[..4096], out int length);
        if (error == Errno.None)
        {
            exchange.Answer(length);
        }

        return error;
    }

    /// <summary>STATFS.</summary>
    public Errno GetStatistics(Exchange exchange)
    {
        if (tree.FileSystem.GetStatistics(out Statistics statistics) is var error and not Errno.None)
        {
            return error;
        }

        ref StatisticsOut answer = ref exchange.Answer<StatisticsOut>();
        answer.Blocks = statistics.Blocks;
        answer.FreeBlocks = statistics.FreeBlocks;
        answer.AvailableBlocks = statistics.AvailableBlocks;
        answer.Inodes = statistics.Inodes;
        answer.FreeInodes = statistics.FreeInodes;
        answer.BlockSize = statistics.BlockSize;
        answer.FragmentSize = statistics.BlockSize;
        answer.NameLength = statistics.MaximumNameBytes;
        return Errno.None;
    }

    // may_setattr: times of an append-only object can be set to now, and to nothing else. Below this the two look the same.
    private static Errno MaySetTimes(Inode inode, SetAttributesFields fields)
    {
        bool setsAccess = (fields & (SetAttributesFields.AccessTime | SetAttributesFields.AccessTimeNow)) == SetAttributesFields.AccessTime;
        bool setsModify = (fields & (SetAttributesFields.ModifyTime | SetAttributesFields.ModifyTimeNow)) == SetAttributesFields.ModifyTime;
        if (!setsAccess && !setsModify)
        {
            return Errno.None;
        }

        Errno error = inode.GetAttributes(out Attributes attributes);
        return error == Errno.None && (attributes.Flags & InodeFlags.AppendOnly) != 0 ? Errno.EPERM : error;
    }

    private static AttributeChange ChangeOf(in SetAttributesIn wanted)
    {
        const SetAttributesFields Now = SetAttributesFields.AccessTimeNow | SetAttributesFields.ModifyTimeNow;
        AttributeChange change = new()
        {
            Mode = wanted.Mode,
            UserId = wanted.UserId,
            GroupId = wanted.GroupId,
            AccessTime = new Timestamp((long)wanted.AccessSeconds, wanted.AccessNanoseconds),
            ModifyTime = new Timestamp((long)wanted.ModifySeconds, wanted.ModifyNanoseconds),
            ChangeTime = new Timestamp((long)wanted.ChangeSeconds, wanted.ChangeNanoseconds),
        };
        Take(wanted.Fields, SetAttributesFields.Mode, AttributeFields.Mode, ref change);
        Take(wanted.Fields, SetAttributesFields.UserId, AttributeFields.UserId, ref change);
        Take(wanted.Fields, SetAttributesFields.GroupId, AttributeFields.GroupId, ref change);
        Take(wanted.Fields, SetAttributesFields.AccessTime, AttributeFields.AccessTime, ref change);
        Take(wanted.Fields, SetAttributesFields.ModifyTime, AttributeFields.ModifyTime, ref change);
        Take(wanted.Fields, SetAttributesFields.ChangeTime, AttributeFields.ChangeTime, ref change);
        if ((wanted.Fields & Now) != 0)
        {
            Timestamp now = Clock.System.Now;
            change.AccessTime = (wanted.Fields & SetAttributesFields.AccessTimeNow) != 0 ? now : change.AccessTime;
            change.ModifyTime = (wanted.Fields & SetAttributesFields.ModifyTimeNow) != 0 ? now : change.ModifyTime;
        }

        return change;
    }

    private static void Take(SetAttributesFields given, SetAttributesFields field, AttributeFields meaning, ref AttributeChange change)
    {
        if ((given & field) != 0)
        {
            change.Fields |= meaning;
        }
    }
}
