using System.Globalization;

namespace Ext2Union.Ext2.Fsck;

/// <summary>What the marks of a volume do in a union, for a person who is about to remove them: how many of each kind, and the first paths.</summary>
internal sealed class MarkTally
{
    private const int ShownPaths = 3;
    private readonly Dictionary<string, Kind> kinds = [];

    /// <summary>Counts the marks of a volume whose directories are sound.</summary>
    public MarkTally(CheckedVolume volume) => MarkList.Walk(volume, Add);

    /// <summary>All marks, entries of the index among them.</summary>
    public long Count => Of("whiteout").Count + Of("opaque").Count + Of("alone").Count + Of("fallthru").Count + Of("indexed").Count;

    /// <summary>What forbids their removal; null when nothing does.</summary>
    public string? Obstacle =>
        Of("incomplete").Count > 0 ? $"files take data from a layer below: {Text(Of("incomplete"))}"
        : Of("redirect").Count > 0 ? $"moved directories have their content below under another name: {Text(Of("redirect"))}"
        : null;

    /// <summary>One line for each kind of difference that a union would show without the marks.</summary>
    public IEnumerable<string> Differences()
    {
        (string What, Kind Found)[] all =
        [
            ("deleted names that come back where a layer below has them", Of("whiteout")),
            ("directories that show all that layers below have under their name, deleted files too", Of("opaque").With(Of("alone"))),
            ("fallthrus that go, their names being found below as before", Of("fallthru")),
            ("hard-linked files that fall apart: names that are not here show the layer below, a copy without a name here goes to lost+found", Of("indexed")),
        ];
        return all.Where(difference => difference.Found.Count > 0).Select(difference => $"{difference.What}: {Text(difference.Found)}");
    }

    private Kind Of(string kind) => kinds.GetValueOrDefault(kind) ?? new Kind();

    // A line of the list: kind, path, and behind tabs what is known beyond it.
    private void Add(string line)
    {
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        string kind = line[..space];
        string[] fields = line[(space + 1)..].Split('\t');
        bool isCopy = kind is "incomplete" or "indexed";
        bool takesData = isCopy && !fields[1].StartsWith("0 ", StringComparison.Ordinal);
        if (kind != "incomplete")
        {
            Put(kind, fields[0]);
        }
        if (takesData)
        {
            Put("incomplete", fields[0]);
        }
    }

    private void Put(string kind, string path)
    {
        if (!kinds.TryGetValue(kind, out Kind? found))
        {
            kinds[kind] = found = new Kind();
        }
        found.Add(path);
    }

    private static string Text(Kind kind) => string.Create(
        CultureInfo.InvariantCulture, $"{kind.Count} ({string.Join(", ", kind.First)}{(kind.Count > kind.First.Count ? ", ..." : "")})");

    private sealed class Kind
    {
        public long Count { get; private set; }

        public List<string> First { get; } = [];

        public void Add(string path)
        {
            Count++;
            if (First.Count < ShownPaths)
            {
                First.Add(path);
            }
        }

        public Kind With(Kind other)
        {
            var both = new Kind { Count = Count + other.Count };
            both.First.AddRange(First.Concat(other.First).Take(ShownPaths));
            return both;
        }
    }
}
