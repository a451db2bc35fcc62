using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>One step of a random sequence.</summary>
internal sealed record RandomStep(int Number, string Kind, string Path, string NewPath, uint Mode, string Text, RenameFlags Flags)
{
    private static readonly string[] Kinds =
    [
        "create", "create", "mkdir", "mkdir", "symlink", "fifo", "unlink", "unlink", "unlink", "rmdir", "rmdir", "rename", "rename", "rename", "rename",
        "link", "write", "overwrite", "truncate", "chmod", "chown", "utimens", "setxattr", "removexattr", "list", "list", "list", "read",
        "hold", "heldread", "heldwrite", "heldchmod",
    ];

    private static readonly string[] Names = ["a", "b", "c", "d"];

    /// <inheritdoc/>
    public override string ToString() => $"{Number} {Kind} {Path} {(Kind is "rename" or "link" ? NewPath : "")} {Flags}";

    /// <summary>Draws a step; few names, so that steps meet.</summary>
    public static RandomStep Draw(Random random, int number)
    {
        RenameFlags flags = random.Next(6) switch { 0 => RenameFlags.NoReplace, 1 => RenameFlags.Exchange, _ => RenameFlags.None };
        return new RandomStep(
            number, Kinds[random.Next(Kinds.Length)], DrawPath(random), DrawPath(random), (uint)random.Next(0x200), new string((char)('A' + random.Next(26)), random.Next(1, 20)), flags);
    }

    /// <summary>A layer of random words, marks among them where it is to look like a former top.</summary>
    public static string[] DrawLayer(Random random, bool marks)
    {
        var words = new List<string>();
        var taken = new Dictionary<string, char>();
        for (int i = random.Next(1, 14); i > 0; i--)
        {
            string path = DrawPath(random);
            if (taken.ContainsKey(path) || Parents(path).Any(parent => taken.GetValueOrDefault(parent, '/') != '/'))
            {
                continue;
            }

            char kind = "/==@"[random.Next(4)];
            kind = marks && random.Next(3) == 0 ? "!?^"[random.Next(3)] : kind;
            foreach (string parent in Parents(path))
            {
                taken[parent] = '/';
            }

            taken[path] = kind is '^' ? '/' : kind;
            words.Add(kind switch
            {
                '=' => $"{path}={i}text",
                '@' => $"{path}@target{i}",
                '^' => $"{path}/^{(random.Next(3) == 0 ? "^" : "")}",
                _ => path + kind,
            });
        }

        return [.. words];
    }

    private static IEnumerable<string> Parents(string path)
    {
        for (int slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            yield return path[..slash];
        }
    }

    private static string DrawPath(Random random) =>
        string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Names[random.Next(Names.Length)]));
}
