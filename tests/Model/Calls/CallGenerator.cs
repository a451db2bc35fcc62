using Ext2Union.Model.Tests.Tree;
using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests.Calls;

/// <summary>Thinks of the next call, looking at the model: most calls should meet something, some should meet nothing.</summary>
internal sealed partial class CallGenerator(Random random)
{
    private const int MostObjects = 60;
    private const int MostBytes = 300_000;

    private static readonly (CallKind Kind, int Weight)[] Weights =
    [
        (CallKind.Open, 16), (CallKind.Close, 4), (CallKind.Read, 4), (CallKind.ReadAt, 5), (CallKind.Write, 5), (CallKind.WriteAt, 6), (CallKind.Put, 8),
        (CallKind.Seek, 4), (CallKind.Truncate, 3), (CallKind.TruncateSlot, 4), (CallKind.Allocate, 4), (CallKind.CopyRange, 3), (CallKind.Map, 3),
        (CallKind.MakeDirectory, 7), (CallKind.RemoveDirectory, 4), (CallKind.MakeNode, 3), (CallKind.Symlink, 4), (CallKind.ReadLink, 2), (CallKind.Link, 5),
        (CallKind.LinkSlot, 2), (CallKind.Unlink, 6), (CallKind.Rename, 12), (CallKind.ChangeMode, 6), (CallKind.ChangeModeSlot, 2), (CallKind.ChangeOwner, 2),
        (CallKind.ChangeOwnerOfLink, 2), (CallKind.ChangeOwnerSlot, 2), (CallKind.SetTimes, 3), (CallKind.SetTimesSlot, 2), (CallKind.SetXattr, 4),
        (CallKind.SetXattrSlot, 2), (CallKind.GetXattr, 2), (CallKind.GetXattrSlot, 1), (CallKind.RemoveXattr, 2), (CallKind.RemoveXattrSlot, 1),
        (CallKind.ListXattrs, 2), (CallKind.ListXattrsSlot, 1), (CallKind.SetFlags, 1), (CallKind.SetFlagsSlot, 1), (CallKind.GetFlags, 1), (CallKind.Access, 3),
        (CallKind.Stat, 8), (CallKind.StatSlot, 6), (CallKind.List, 4), (CallKind.ListSlot, 2), (CallKind.Sync, 2),
    ];

    private static readonly int TotalWeight = Weights.Sum(entry => entry.Weight);
    private static readonly uint[] Modes = [0x1FF, 0x1FF, 0x3FF, 0x5FF, 0x1ED, 0x1B6, 0x1B6, 0x1A4, 0x9ED, 0x5ED, 0xDFF, 0xDB6, 0x1C0, 0x16D, 0x7FF, 0];

    private (string Path, ModelInode Inode)[] objects = [];

    /// <summary>A call of a process.</summary>
    public Call Next(ModelCalls model)
    {
        objects = [.. model.Tree.Walk().Where(entry => !entry.Path.StartsWith("lost+found", StringComparison.Ordinal))];
        if (objects.Where(entry => entry.Inode.Flags != 0).ToArray() is { Length: > 0 } flagged && Chance(8))
        {
            return new Call(CallKind.SetFlags) { Path = Compact(flagged[random.Next(flagged.Length)].Path) };
        }

        if (objects.Length > MostObjects && Chance(60))
        {
            (string path, ModelInode inode) = objects[random.Next(objects.Length)];
            return new Call(inode.Directory is null ? CallKind.Unlink : CallKind.RemoveDirectory) { Path = Compact(path) };
        }

        int process = Chance(50) ? 0 : 1 + random.Next(model.Processes.Count - 1);
        return Fill(new Call(PickKind()) { Process = process }, model.Processes[process]);
    }

    private CallKind PickKind()
    {
        int place = random.Next(TotalWeight);
        foreach ((CallKind kind, int weight) in Weights)
        {
            place -= weight;
            if (place < 0)
            {
                return kind;
            }
        }

        return CallKind.Stat;
    }

    private Call Fill(Call call, ModelProcess process)
    {
        call = call with { Slot = PickSlot(process, IsAboutOpening(call.Kind)) };
        return call.Kind switch
        {
            CallKind.Open => FillOpen(call, process),
            CallKind.Read => call with { B = Length() },
            CallKind.ReadAt => call with { A = Offset(), B = Length() },
            CallKind.Write => call with { B = Length(), C = random.Next(1, 200) },
            CallKind.WriteAt => call with { A = Offset(), B = Length(), C = random.Next(1, 200) },
            CallKind.Put => call with { Path = PickPath(process, 50), A = Chance(60) ? 0 : Offset(), B = Length(), C = random.Next(1, 200) },
            CallKind.Seek => call with { A = Chance(10) ? -random.Next(5000) : Offset(), B = random.Next(5) },
            CallKind.Truncate => call with { Path = PickPath(process, 90), A = Size() },
            CallKind.TruncateSlot => call with { A = Size() },
            CallKind.Allocate => call with { A = Pick(0, 1, 3, 3, 3, 16, 16, 17), B = Offset(), C = 1 + random.Next(70_000) },
            CallKind.CopyRange => call with { Slot2 = PickSlot(process, false), A = Offset(), B = Offset(), C = Length() },
            CallKind.MakeDirectory => call with { Path = PickPath(process, 15), A = PickMode() },
            CallKind.MakeNode => FillNode(call, process),
            CallKind.Symlink => call with { Path = PickPath(process, 15), Text = PickTarget() },
            CallKind.Link or CallKind.Rename => FillPair(call, process),
            CallKind.LinkSlot => call with { To = PickPath(process, 15) },
            CallKind.RemoveDirectory => call with { Path = PickPath(process, 95, InodeKind.Directory) },
            _ => FillAttribute(call, process),
        };
    }

    private Call FillAttribute(Call call, ModelProcess process)
    {
        bool isBySlot = call.Kind.ToString().EndsWith("Slot", StringComparison.Ordinal) || call.Kind is CallKind.Close or CallKind.Map or CallKind.Sync;
        call = isBySlot ? call : call with { Slot = 0, Path = PickPath(process, 90, call.Kind == CallKind.List ? InodeKind.Directory : InodeKind.Unknown) };
        return call.Kind switch
        {
            CallKind.ChangeMode or CallKind.ChangeModeSlot => call with { A = PickMode() },
            CallKind.ChangeOwner or CallKind.ChangeOwnerOfLink or CallKind.ChangeOwnerSlot => call with { A = Pick(-1, 0, 1000, 1001), B = Pick(-1, 0, 1000, 1001) },
            CallKind.SetTimes or CallKind.SetTimesSlot => FillTimes(call),
            CallKind.SetXattr or CallKind.SetXattrSlot => call with
            {
                A = Pick(0, 0, 0, 0, 1, 2),
                Text = $"{PickXattr()}={new string((char)('a' + random.Next(26)), 1 + random.Next(40))}",
            },
            CallKind.GetXattr or CallKind.GetXattrSlot or CallKind.RemoveXattr or CallKind.RemoveXattrSlot => call with { Text = PickXattr() },
            CallKind.SetFlags or CallKind.SetFlagsSlot => call with { A = Pick(0, 0x10, 0x20, 0x40, 0x50) },
            CallKind.Access => call with { A = random.Next(8) },
            _ => call,
        };
    }

    private Call FillTimes(Call call)
    {
        (long access, long modify) = random.Next(5) switch
        {
            0 => (ModelCalls.TimeNow, ModelCalls.TimeNow),
            1 => (ModelCalls.TimeOmitted, random.Next(1, 2_000_000_000)),
            2 => (random.Next(1, 2_000_000_000), ModelCalls.TimeOmitted),
            _ => ((long)random.Next(1, 2_000_000_000), (long)random.Next(1, 2_000_000_000)),
        };
        return call with { A = access, B = modify, C = random.Next(2) };
    }

    private Call FillOpen(Call call, ModelProcess process)
    {
        int flags = random.Next(3);
        flags |= Chance(45) ? OpenBits.Create : 0;
        flags |= Chance(15) ? OpenBits.Exclusive : 0;
        flags |= Chance(15) ? OpenBits.Truncate : 0;
        flags |= Chance(15) ? OpenBits.Append : 0;
        flags |= Chance(10) ? OpenBits.NoFollow : 0;
        flags |= Chance(3) ? OpenBits.Directory : 0;
        bool isNameless = Chance(7), isDirectory = !isNameless && Chance(12);
        flags = isNameless ? (flags & ~OpenBits.Create) | OpenBits.Nameless : isDirectory ? OpenBits.Directory : flags;
        string path = PickPath(process, isNameless || isDirectory ? 97 : 75, isNameless || isDirectory ? InodeKind.Directory : InodeKind.File);
        return call with { Path = path, A = flags, B = (flags & (OpenBits.Create | OpenBits.Nameless)) != 0 ? PickMode() : 0 };
    }

    private Call FillNode(Call call, ModelProcess process)
    {
        (InodeKind kind, long device) = Pick(
            (InodeKind.Fifo, 0L), (InodeKind.Socket, 0L), (InodeKind.CharacterDevice, 0x103L), (InodeKind.CharacterDevice, 0L), (InodeKind.BlockDevice, 0x700L), (InodeKind.File, 0L));
        return call with { Path = PickPath(process, 15), A = ModeBits.Of(kind, (uint)PickMode()), B = device };
    }

    private Call FillPair(Call call, ModelProcess process)
    {
        long flags = call.Kind == CallKind.Rename ? Pick(0, 0, 0, 0, 1, 2, 2, 3) : 0;
        InodeKind kind = call.Kind == CallKind.Rename && Chance(45) ? InodeKind.Directory : InodeKind.Unknown;
        return call with { Path = PickPath(process, 96, kind), To = PickPath(process, flags == 2 ? 95 : 40, Chance(40) ? kind : InodeKind.Unknown), A = flags };
    }

    private static bool IsAboutOpening(CallKind kind) => kind == CallKind.Open;

    private bool Chance(int percent) => random.Next(100) < percent;

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];

    private long PickMode() => Modes[random.Next(Modes.Length)];

    private string PickXattr() => Chance(2) ? "other.a" : Pick("user.", "user.", "trusted.", "security.") + Pick("a", "b");

    private long Offset() => Chance(30) ? 1024L * random.Next(MostBytes / 1024) : Chance(40) ? random.Next(6000) : random.Next(MostBytes);

    private long Length() => Chance(5) ? 0 : Chance(50) ? random.Next(1, 5000) : Chance(50) ? 1024L * random.Next(1, 40) : random.Next(1, 70_000);

    private long Size() => Chance(25) ? 0 : Offset();
}
