using Ext2Union.Model.Tests.Tree;
using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests.Calls;

/// <summary>Thinks of calls of the superuser that fill a layer. Names are those of <see cref="CallGenerator"/>, so that layers meet.</summary>
internal sealed class LayerGenerator(Random random)
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e", "f"];
    private static readonly uint[] Modes = [0x1FF, 0x1ED, 0x1B6, 0x1A4, 0x3FF, 0x5FF, 0x9ED, 0x1C0];
    private static readonly uint[] Users = [0, 1000, 1001];

    /// <summary>The calls of a layer.</summary>
    public IReadOnlyList<Call> Layer()
    {
        var calls = new List<Call>();
        var model = new ModelCalls(new ModelTree(), [new ModelProcess(0, 0)], new Abilities());
        for (int count = 10 + random.Next(30); count > 0; count--)
        {
            Call call = Next([.. model.Tree.Walk()]);
            calls.Add(call);
            _ = model.Apply(call);
        }

        return calls;
    }

    private Call Next((string Path, ModelInode Inode)[] objects)
    {
        string[] directories = ["", .. objects.Where(entry => entry.Inode.Directory is not null && entry.Path.Length < 8).Select(entry => entry.Path + "/")];
        string[] files = [.. objects.Where(entry => entry.Inode.Kind == InodeKind.File).Select(entry => entry.Path)];
        string[] changeable = [.. objects.Where(entry => entry.Inode.Kind != InodeKind.Symlink).Select(entry => entry.Path)];
        string path = Pick(directories) + Pick(Names), old = objects.Length > 0 ? Pick(objects).Path : "a";
        return random.Next(12) switch
        {
            0 or 1 or 2 => new Call(CallKind.MakeDirectory) { Path = path, A = Pick(Modes) },
            3 or 4 => new Call(CallKind.Put) { Path = path, B = random.Next(120_000), C = random.Next(1, 200) },
            5 when files.Length > 0 => new Call(CallKind.Put) { Path = Pick(files), A = random.Next(300_000), B = random.Next(9000), C = random.Next(1, 200) },
            6 when files.Length > 0 && TreeComparison.LinksAreKept => new Call(CallKind.Link) { Path = Pick(files), To = path },
            7 => new Call(CallKind.Symlink) { Path = path, Text = Pick(Names) },
            8 => new Call(CallKind.MakeNode)
            {
                Path = path,
                A = ModeBits.Of(Pick(InodeKind.Fifo, InodeKind.Socket, InodeKind.CharacterDevice, InodeKind.BlockDevice), Pick(Modes)),
                B = 0x102 + random.Next(3),
            },
            9 when changeable.Length > 0 => new Call(CallKind.ChangeMode) { Path = Pick(changeable), A = Pick(Modes) },
            10 => new Call(CallKind.ChangeOwnerOfLink) { Path = old, A = Pick(Users), B = Pick(Users) },
            11 => new Call(CallKind.SetTimes) { Path = old, A = random.Next(1, 2_000_000_000), B = random.Next(1, 2_000_000_000) },
            _ => new Call(CallKind.SetXattr) { Path = old, Text = $"{Pick("user.", "trusted.", "security.")}{Pick("a", "b")}=lower{random.Next(100)}" },
        };
    }

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];
}
