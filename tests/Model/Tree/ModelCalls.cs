using Ext2Union.Model.Tests.Calls;
using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests.Tree;

/// <summary>
/// Every call on the tree: says what it must answer, and does it. The order of the checks is the kernel's (fs/namei.c, fs/open.c, fs/attr.c, fs/xattr.c), for
/// where several refusals meet it decides which is told.
/// </summary>
internal sealed partial class ModelCalls(ModelTree tree, ModelProcess[] processes, Abilities abilities)
{
    private const uint Read = 4;
    private const uint Write = 2;
    private const uint Search = 1;

    // What immutable and append-only would refuse in the present call. Told at the end, for FUSE tells it there.
    private bool isProtected;

    /// <summary>The tree.</summary>
    public ModelTree Tree => tree;

    /// <summary>Who calls.</summary>
    public IReadOnlyList<ModelProcess> Processes => processes;

    /// <summary>Predicts a call and does it.</summary>
    public Prediction Apply(Call call)
    {
        isProtected = false;
        ModelProcess process = processes[call.Process];
        string path = Call.Expand(call.Path), to = Call.Expand(call.To);
        return call.Kind switch
        {
            CallKind.MakeDirectory => Make(process, path, InodeKind.Directory, (uint)call.A & 0x3FF, default, ""),
            CallKind.MakeNode => Make(process, path, ModeBits.KindOf((uint)call.A), (uint)call.A & 0xFFF, DeviceNumber.FromEncoded((uint)call.B), ""),
            CallKind.Symlink => Make(process, path, InodeKind.Symlink, 0x1FF, default, Call.Expand(call.Text)),
            CallKind.RemoveDirectory => RemoveDirectory(process, path),
            CallKind.Unlink => Unlink(process, path),
            CallKind.Link => Link(process, path, to),
            CallKind.LinkSlot => LinkDescriptor(process, call.Slot, to),
            CallKind.Rename => Rename(process, path, to, (RenameFlags)call.A),
            CallKind.ReadLink => ReadLink(process, path),
            CallKind.Open => Open(process, path, (int)call.A, (uint)call.B, call.Slot),
            CallKind.Put => Put(process, path, call.A, Call.Data(call.C, call.B)),
            CallKind.List => List(process, path),
            CallKind.Access => Access(process, path, (uint)call.A),
            CallKind.Truncate => Truncate(process, path, call.A),
            CallKind.Stat or CallKind.ChangeMode or CallKind.ChangeOwner or CallKind.ChangeOwnerOfLink or CallKind.SetTimes or CallKind.SetXattr
                or CallKind.GetXattr or CallKind.RemoveXattr or CallKind.ListXattrs or CallKind.SetFlags or CallKind.GetFlags => ByPath(process, path, call),
            _ => ByDescriptor(process, call),
        };
    }

    /// <summary>Every process closes everything.</summary>
    public void CloseAll()
    {
        foreach (ModelProcess process in processes)
        {
            Array.Clear(process.Slots);
        }
    }

    private Prediction ByPath(ModelProcess process, string path, Call call)
    {
        bool follows = call.Kind is CallKind.ChangeMode or CallKind.ChangeOwner or CallKind.SetFlags or CallKind.GetFlags || (call.Kind == CallKind.SetTimes && call.C != 0);
        Prediction? failure = Find(process, path, follows ? Ending.Follow : Ending.NoFollow, out Place place);
        if (failure is not null)
        {
            return failure;
        }

        ModelInode inode = place.Inode!;
        if (call.Kind is CallKind.SetFlags or CallKind.GetFlags)
        {
            // chattr(1) opens first.
            return inode.Kind is not (InodeKind.File or InodeKind.Directory) ? Prediction.NotMade
                : !process.May(inode, Read) ? Fail(Errno.EACCES)
                : OnInode(process, inode, call);
        }

        return OnInode(process, inode, call);
    }

    private Prediction OnInode(ModelProcess process, ModelInode inode, Call call) => call.Kind switch
    {
        CallKind.Stat or CallKind.StatSlot => new Prediction(Errno.None, check: answer => Look(inode, Status.Parse(answer.Text))),
        CallKind.ChangeMode or CallKind.ChangeModeSlot => ChangeMode(process, inode, (uint)call.A),
        CallKind.ChangeOwner or CallKind.ChangeOwnerOfLink or CallKind.ChangeOwnerSlot => ChangeOwner(process, inode, call.A, call.B),
        CallKind.SetTimes or CallKind.SetTimesSlot => SetTimes(process, inode, call.A, call.B),
        CallKind.SetXattr or CallKind.SetXattrSlot => SetXattr(process, inode, call.Text, (XattrFlags)call.A),
        CallKind.GetXattr or CallKind.GetXattrSlot => GetXattr(process, inode, call.Text),
        CallKind.RemoveXattr or CallKind.RemoveXattrSlot => RemoveXattr(process, inode, call.Text),
        CallKind.ListXattrs or CallKind.ListXattrsSlot => ListXattrs(process, inode),
        CallKind.SetFlags or CallKind.SetFlagsSlot => SetFlags(process, inode, (InodeFlags)call.A),
        CallKind.GetFlags => Value((long)inode.Flags),
        _ => throw new InvalidOperationException($"{call.Kind} is no call on an inode"),
    };

    private Prediction ByDescriptor(ModelProcess process, Call call)
    {
        if (process.Slots[call.Slot] is not { } descriptor)
        {
            return Fail(Errno.EBADF);
        }

        switch (call.Kind)
        {
            case CallKind.Close:
                process.Slots[call.Slot] = null;
                return Success;
            case CallKind.Read or CallKind.ReadAt:
                return ReadData(descriptor, call.Kind == CallKind.ReadAt ? call.A : null, call.B);
            case CallKind.Write or CallKind.WriteAt:
                return WriteData(process, descriptor, call.Kind == CallKind.WriteAt ? call.A : null, Call.Data(call.C, call.B));
            case CallKind.Seek:
                return Seek(descriptor, call.A, (int)call.B);
            case CallKind.TruncateSlot:
                return TruncateDescriptor(process, descriptor, call.A);
            case CallKind.Allocate:
                return Allocate(process, descriptor, (AllocateMode)call.A, call.B, call.C);
            case CallKind.CopyRange:
                return process.Slots[call.Slot2] is { } target ? CopyRange(process, descriptor, target, call.A, call.B, call.C) : Fail(Errno.EBADF);
            case CallKind.Map:
                return Map(descriptor);
            case CallKind.ListSlot:
                return ListDescriptor(descriptor);
            case CallKind.Sync:
                return Success;
            default:
                return OnInode(process, descriptor.Inode, call);
        }
    }

    /// <summary>Follows a path to something that must be there.</summary>
    private Prediction? Find(ModelProcess process, string path, Ending ending, out Place place)
    {
        Prediction? failure = Walk(process, path, ending, out place);
        return failure ?? (place.Inode is null ? Fail(Errno.ENOENT) : null);
    }

    private Prediction? Walk(ModelProcess process, string path, Ending ending, out Place place)
    {
        var walk = new PathWalk(tree, process);
        Errno error = walk.Resolve(path, ending, out place);
        return walk.Escaped ? Prediction.NotMade : error != Errno.None ? Fail(error) : null;
    }

    private static Prediction Success { get; } = new(Errno.None);

    private static Prediction Value(long expected) => new(Errno.None, check: answer => answer.Value == expected ? null : $"{answer.Value}, not {expected}");

    private static Prediction Text(string expected) => new(Errno.None, check: answer => answer.Text == expected ? null : $"'{answer.Text}', not '{expected}'");

    private Prediction Fail(Errno error) => new(error, isProtected ? Errno.EPERM : Errno.None);

    // The last check of every call that changes something.
    private Prediction? Protected() => isProtected ? new Prediction(Errno.EPERM) : null;

    // inode_permission for changing.
    private bool May(ModelProcess process, ModelInode inode, uint access)
    {
        isProtected |= (access & Write) != 0 && inode.IsImmutable;
        return process.May(inode, access);
    }
}
