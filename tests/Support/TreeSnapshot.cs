using System.Text;
using Ext2Union.Vfs;
using Xunit;

namespace Ext2Union.Tests.Support;

/// <summary>A tree as sorted lines of text, one per object, so that two trees compare by comparing texts and a difference can be read.</summary>
public sealed class TreeSnapshot
{
    private const int ShownDifferences = 40;

    private readonly SortedDictionary<string, string> lines = new(StringComparer.Ordinal);

    private TreeSnapshot()
    {
    }

    /// <summary>How many objects the tree has, its root included.</summary>
    public int Count => lines.Count;

    /// <summary>Walks a directory as any program would.</summary>
    public static TreeSnapshot Of(string path, TreeOptions options = TreeOptions.All) => Of(new PosixTree(PathBytes.Of(path)), options);

    /// <summary>Walks a layer or a union in this process.</summary>
    public static TreeSnapshot Of(FileSystem fileSystem, TreeOptions options = TreeOptions.All) => Of(new VfsTree(fileSystem), options);

    /// <summary>Fails with a readable difference when the trees are not the same.</summary>
    public static void AssertSame(TreeSnapshot expected, TreeSnapshot actual, string what = "")
    {
        string difference = Difference(expected, actual);
        if (difference.Length > 0)
        {
            Assert.Fail($"The trees differ. {what}\n{difference}");
        }
    }

    /// <summary>What differs, a line of each side under the other; empty when nothing does.</summary>
    public static string Difference(TreeSnapshot expected, TreeSnapshot actual)
    {
        var text = new StringBuilder();
        int count = 0;
        foreach (string path in expected.lines.Keys.Union(actual.lines.Keys).Order(StringComparer.Ordinal))
        {
            string? left = expected.lines.GetValueOrDefault(path);
            string? right = actual.lines.GetValueOrDefault(path);
            if (left == right)
            {
                continue;
            }

            if (++count <= ShownDifferences)
            {
                text.Append("  expected: ").AppendLine(left ?? $"{path} is not there").Append("  actual:   ").AppendLine(right ?? $"{path} is not there");
            }
        }

        return count > ShownDifferences ? text.AppendLine($"  ... {count} differences in all").ToString() : text.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join('\n', lines.Values);

    private static TreeSnapshot Of(ITree tree, TreeOptions options)
    {
        var snapshot = new TreeSnapshot();
        var linked = new Dictionary<ulong, SortedSet<string>>();
        foreach (TreeEntry entry in tree.Walk())
        {
            bool skipped = (options & TreeOptions.WithoutLostAndFound) != 0 && entry.Path == "lost+found";
            if (!skipped && !snapshot.lines.TryAdd(entry.Path, entry.Describe(options)))
            {
                snapshot.lines[entry.Path] += " LISTED TWICE";
            }

            if ((options & TreeOptions.HardLinks) != 0 && entry.Attributes.Kind != InodeKind.Directory)
            {
                ulong number = entry.Attributes.Inode;
                _ = (linked.TryGetValue(number, out SortedSet<string>? names) ? names : linked[number] = new(StringComparer.Ordinal)).Add(entry.Path);
            }
        }

        foreach (string path in linked.Values.Where(names => names.Count > 1).SelectMany(names => names))
        {
            snapshot.lines[path] += " is " + string.Join(" is ", linked.Values.First(names => names.Contains(path)));
        }

        return snapshot;
    }
}
