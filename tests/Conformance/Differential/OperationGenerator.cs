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
    private static readonly string[] Attributes = ["user.a", "user.b", "user.with.a.long.name", "trusted.t", "security.s"];

    private readonly Random random = new(seed);
    private int number;

    /// <summary>Steps that build a lower tree: only what cannot fail for good reasons is drawn often.</summary>
    public List<Operation> LowerTree(int count)
    {
        var operations = new List<Operation>();
        while (operations.Count < count)
        {
            int draw = random.Next(100);
            operations.Add(draw switch
            {
                < 35 => New(OperationKind.MakeDirectory, Directory()) with { Mode = 0x1ED },
                < 75 => File(),
                < 83 => Symlink(),
                < 87 => Node(),
                < 94 => Xattr(),
                < 97 => Mode(),
                _ => New(OperationKind.ChangeOwner, Path()) with { User = (uint)random.Next(3) * 1000, Group = (uint)random.Next(3) * 50 },
            });
        }

        if (random.Next(20) == 0)
        {
            operations.Add(New(OperationKind.MakeMany, Directory()) with { Length = random.Next(50, 400) });
        }

        return operations;
    }

    /// <summary>Steps of a union's life.</summary>
    public List<Operation> Sequence(int count)
    {
        var operations = new List<Operation>();
        while (operations.Count < count)
        {
            operations.Add(Next());
        }

        return operations;
    }

    private Operation Next() => random.Next(100) switch
    {
        < 10 => File(),
        < 19 => New(OperationKind.MakeDirectory, Path()) with { Mode = 0x1ED },
        < 22 => Symlink(),
        < 24 => Node(),
        < 28 => New(OperationKind.Link, Path()) with { NewPath = Path() },
        < 37 => New(OperationKind.Unlink, Path()),
        < 41 => New(OperationKind.RemoveDirectory, Path()),
        < 45 => New(OperationKind.RemoveTree, Path()),
        < 59 => New(OperationKind.Rename, Path()) with { NewPath = Path(), Flags = RenameFlag() },
        < 63 => New(OperationKind.Write, Path()) with { Offset = Size(), Length = Size() },
        < 65 => New(OperationKind.Append, Path()) with { Length = Size() },
        < 67 => New(OperationKind.Overwrite, Path()) with { Length = Size() },
        < 70 => New(OperationKind.Truncate, Path()) with { Offset = Size() },
        < 74 => Mode(),
        < 77 => New(OperationKind.ChangeOwner, Path()) with { User = (uint)random.Next(4) * 1000, Group = (uint)random.Next(4) * 50 },
        < 79 => New(OperationKind.SetTimes, Path()),
        < 82 => Xattr(),
        < 84 => New(OperationKind.RemoveXattr, Path()) with { Text = Pick(Attributes) },
        < 92 => New(OperationKind.List, random.Next(8) == 0 ? "" : Path()),
        < 94 => New(OperationKind.Read, Path()),
        < 97 => New(OperationKind.Remount, ""),
        < 98 => New(OperationKind.Compare, ""),
        _ when random.Next(4) == 0 => New(random.Next(2) == 0 ? OperationKind.MakeMany : OperationKind.RemoveMany, Directory()) with { Length = random.Next(20, 300) },
        _ => New(OperationKind.List, Directory()),
    };

    private Operation File() => New(OperationKind.MakeFile, Path()) with { Mode = AnyMode(), Length = Size() };

    private Operation Symlink() =>
        New(OperationKind.MakeSymlink, Path()) with { Text = "nowhere/" + new string('t', random.Next(3) == 0 ? random.Next(40, 1000) : random.Next(1, 70)) };

    // Never a device 0/0: that is overlayfs' own whiteout.
    private Operation Node() => New(OperationKind.MakeNode, Path()) with
    {
        Mode = Pick([0x1000u, 0x2000u, 0x6000u, 0xC000u]) | 0x1A4,
        User = (uint)random.Next(1, 300),
        Group = (uint)random.Next(1, 70000),
    };

    private Operation Mode() => New(OperationKind.ChangeMode, Path()) with { Mode = AnyMode() };

    private Operation Xattr() => New(OperationKind.SetXattr, Path()) with { Text = Pick(Attributes), Length = Pick([0, 1, 20, 200, 900]) };

    private uint AnyMode() => specialModes && random.Next(6) == 0 ? Pick(SpecialModes) : Pick(Modes);

    private RenameFlags RenameFlag() => random.Next(8) switch
    {
        0 => RenameFlags.NoReplace,
        1 or 2 => RenameFlags.Exchange,
        _ => RenameFlags.None,
    };

    private Operation New(OperationKind kind, string path) => new() { Number = ++number, Kind = kind, Path = path };

    private int Size() => Pick(Sizes);

    // Of the pool the first names most often; depth 1 to 3.
    private string Name() => Names[Math.Min(random.Next(Names.Length), random.Next(Names.Length))];

    private string Directory() => random.Next(3) == 0 ? Name() + "/" + Name() : Name();

    private string Path() => random.Next(7) switch
    {
        0 or 1 => Name(),
        2 or 3 or 4 => Name() + "/" + Name(),
        5 => Name() + "/" + Name() + "/" + Name(),
        _ => Name() + "/" + Name() + "/" + Name() + "/" + Name(),
    };

    private T Pick<T>(T[] choices) => choices[random.Next(choices.Length)];
}
