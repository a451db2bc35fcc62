using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>
/// Draws sequences from a seed. Names come from a small pool, so that steps meet: what one makes the next replaces, removes or
/// renames. Many steps fail, and the errors are compared as well.
/// </summary>
internal sealed class OperationGenerator(int seed, bool specialModes)
{
    private static readonly string[] Names =
    [
        "a", "b", "c", "d", "e", "f", "g", "two words", ".wh.a", "not-\xFF-utf8", new string('n', 255), "..x",
    ];

    private static readonly int[] Sizes = [0, 1, 10, 59, 60, 61, 1000, 1024, 4095, 4096, 4097, 13000, 70000];
    private static readonly uint[] Modes = [0x1A4, 0x1ED, 0x180, 0x1FF, 0x000, 0x3FF];
    private static readonly uint[] SpecialModes = [0x9ED, 0x5ED, 0xDA4, 0x5FF];
    private static readonly string[] Attributes = ["user.a", "user.with.a.long.name", "trusted.t"];

    private readonly Random random = new(seed);
    private readonly TreeModel model = new();
    private int number;
    private string crowded = "a";
    private (string Path, string Name) attributed = ("a", "user.a");

    /// <summary>Steps that build a lower tree. A second call draws another tree with the first one's paths in mind, so that the two overlap.</summary>
    public List<Operation> LowerTree(int count)
    {
        var operations = new List<Operation>();
        while (operations.Count < count)
        {
            int draw = random.Next(100);
            operations.Add(Noted(draw switch
            {
                < 35 => New(OperationKind.MakeDirectory, Fresh()) with { Mode = 0x1ED },
                < 75 => File(),
                < 83 => Symlink(),
                < 87 => Node(),
                < 94 => Xattr(),
                < 97 => Mode(),
                _ => New(OperationKind.ChangeOwner, Any()) with { User = (uint)random.Next(3) * 1000, Group = (uint)random.Next(3) * 50 },
            }));
        }

        if (random.Next(20) == 0)
        {
            operations.Add(New(OperationKind.MakeMany, Existing(InodeKind.Directory)) with { Length = random.Next(50, 400) });
        }

        return operations;
    }

    /// <summary>Steps of a union's life.</summary>
    public List<Operation> Sequence(int count)
    {
        var operations = new List<Operation>();
        while (operations.Count < count)
        {
            operations.Add(Noted(Next()));
        }

        return operations;
    }

    private Operation Next() => random.Next(100) switch
    {
        < 10 => File(),
        < 17 => New(OperationKind.MakeDirectory, Fresh()) with { Mode = 0x1ED },
        < 20 => Symlink(),
        < 22 => Node(),
        < 26 => New(OperationKind.Link, Existing(InodeKind.File)) with { NewPath = Fresh() },
        < 34 => New(OperationKind.Unlink, Any()),
        < 39 => New(OperationKind.RemoveDirectory, Existing(InodeKind.Directory)),
        < 42 => New(OperationKind.RemoveTree, Any()),
        < 57 => New(OperationKind.Rename, Any()) with { NewPath = random.Next(3) == 0 ? Any() : Fresh(), Flags = RenameFlag() },
        < 61 => New(OperationKind.Write, Existing(InodeKind.File)) with { Offset = Size(), Length = Size() },
        < 64 => New(OperationKind.Append, Existing(InodeKind.File)) with { Length = Size() },
        < 66 => New(OperationKind.Overwrite, Existing(InodeKind.File)) with { Length = Size() },
        < 69 => New(OperationKind.Truncate, Existing(InodeKind.File)) with { Offset = Size() },
        < 73 => Mode(),
        < 76 => New(OperationKind.ChangeOwner, Any()) with { User = (uint)random.Next(4) * 1000, Group = (uint)random.Next(4) * 50 },
        < 78 => New(OperationKind.SetTimes, Any()),
        < 82 => Xattr(),
        < 84 => New(OperationKind.RemoveXattr, random.Next(3) == 0 ? Any() : attributed.Path) with { Text = random.Next(3) == 0 ? Pick(Attributes) : attributed.Name },
        < 90 => New(OperationKind.List, Existing(InodeKind.Directory)),
        < 92 => New(OperationKind.Read, Existing(InodeKind.File)),
        < 95 => New(OperationKind.Remount, ""),
        < 96 => New(OperationKind.Compare, ""),
        < 97 => Many(),
        _ => New(OperationKind.List, Existing(InodeKind.Directory)),
    };

    private Operation File() => New(OperationKind.MakeFile, Fresh()) with { Mode = AnyMode(), Length = Size() };

    private Operation Symlink() =>
        New(OperationKind.MakeSymlink, Fresh()) with { Text = "nowhere/" + new string('t', random.Next(3) == 0 ? random.Next(40, 1000) : random.Next(1, 70)) };

    // Never a device 0/0: that is overlayfs' own whiteout.
    private Operation Node() => New(OperationKind.MakeNode, Fresh()) with
    {
        Mode = Pick([0x1000u, 0x2000u, 0x6000u, 0xC000u]) | 0x1A4,
        User = (uint)random.Next(1, 300),
        Group = (uint)random.Next(1, 70000),
    };

    private Operation Many() => random.Next(2) == 0
        ? New(OperationKind.MakeMany, Existing(InodeKind.Directory)) with { Length = random.Next(20, 300) }
        : New(OperationKind.RemoveMany, crowded) with { Length = random.Next(10, 400) };

    private Operation Mode() => New(OperationKind.ChangeMode, Any()) with { Mode = AnyMode() };

    private Operation Xattr() => New(OperationKind.SetXattr, Any()) with { Text = Pick(Attributes), Length = Pick([0, 1, 20, 100, 250]) };

    private uint AnyMode() => specialModes && random.Next(6) == 0 ? Pick(SpecialModes) : Pick(Modes);

    private RenameFlags RenameFlag() => random.Next(8) switch
    {
        0 => RenameFlags.NoReplace,
        1 or 2 => RenameFlags.Exchange,
        _ => RenameFlags.None,
    };

    private Operation New(OperationKind kind, string path) => new() { Number = ++number, Kind = kind, Path = path };

    private Operation Noted(Operation step)
    {
        switch (step.Kind)
        {
            case OperationKind.MakeFile:
                model.Add(step.Path, InodeKind.File);
                break;
            case OperationKind.MakeDirectory:
                model.Add(step.Path, InodeKind.Directory);
                break;
            case OperationKind.MakeSymlink:
                model.Add(step.Path, InodeKind.Symlink);
                break;
            case OperationKind.MakeNode:
                model.Add(step.Path, InodeKind.Fifo);
                break;
            case OperationKind.Link when model.KindOf(step.Path) == InodeKind.File:
                model.Add(step.NewPath, InodeKind.File);
                break;
            case OperationKind.Unlink when model.KindOf(step.Path) != InodeKind.Directory:
            case OperationKind.RemoveTree:
                model.Remove(step.Path);
                break;
            case OperationKind.RemoveDirectory:
                model.RemoveEmpty(step.Path);
                break;
            case OperationKind.MakeMany:
                crowded = step.Path;
                break;
            case OperationKind.SetXattr:
                attributed = (step.Path, step.Text);
                break;
            case OperationKind.Rename when step.Flags != RenameFlags.Exchange:
                model.Move(step.Path, step.NewPath);
                break;
        }

        return step;
    }

    private int Size() => Pick(Sizes);

    // Of the pool the first names most often.
    private string Name() => Names[Math.Min(random.Next(Names.Length), random.Next(Names.Length))];

    // A name in a directory that is believed to exist; it may be taken, that is a case too.
    private string Fresh()
    {
        if (random.Next(15) == 0)
        {
            return Name() + "/" + Name() + "/" + Name();
        }

        string directory = Existing(InodeKind.Directory, rootToo: true);
        return directory.Count(letter => letter == '/') > 3 ? Name() : directory.Length == 0 ? Name() : directory + "/" + Name();
    }

    private string Any() => random.Next(12) == 0 ? Fresh() : model.All() is { Count: > 0 } all ? all[random.Next(all.Count)] : Name();

    private string Existing(InodeKind kind, bool rootToo = false)
    {
        List<string> candidates = model.Of(kind);
        if (!rootToo)
        {
            _ = candidates.Remove("");
        }

        return candidates.Count > 0 && (rootToo || random.Next(12) != 0) ? candidates[random.Next(candidates.Count)] : Name();
    }

    private T Pick<T>(T[] choices) => choices[random.Next(choices.Length)];
}
