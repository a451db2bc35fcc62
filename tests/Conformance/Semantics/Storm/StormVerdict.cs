using System.Globalization;
using System.Text;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Semantics.Storm;

/// <summary>Judges the tree that a storm left: it is what the journals of all processes together say, and holds nothing else.</summary>
internal sealed class StormVerdict
{
    private readonly List<string> faults = [];
    private readonly string root;
    private readonly List<string[]> journal;
    private readonly Dictionary<string, Attributes> found = [];

    private StormVerdict(string root, IEnumerable<string> lines)
    {
        this.root = root;
        journal = [.. lines.Select(line => line.Split('\t'))];
    }

    /// <summary>What is wrong, a line each; empty when all is right.</summary>
    public static string Of(string root, IEnumerable<string> journals)
    {
        var verdict = new StormVerdict(root, journals);
        verdict.Walk("");
        verdict.Files();
        verdict.Directories();
        verdict.Shared();
        verdict.NothingElse();
        return string.Join('\n', verdict.faults.Take(40));
    }

    private void Walk(string folder)
    {
        foreach (Posix.Entry entry in Must(Posix.ListEntries(At(folder)), folder))
        {
            string path = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
            Attributes attributes = Must(Posix.Stat(At(path)), path);
            Expect(path, "d_ino and d_type", $"{attributes.Inode} {attributes.Kind}", $"{entry.Inode} {entry.Kind}");
            if (!found.TryAdd(path, attributes))
            {
                faults.Add($"{path} is listed twice");
            }
            else if (attributes.Kind == InodeKind.Directory)
            {
                Walk(path);
            }
        }
    }

    private void Files()
    {
        foreach (string[] line in Lines("file"))
        {
            if (Find(line[1], line[2]) is { } attributes)
            {
                string actual = StormJournal.Describe(attributes.Mode & 0xFFF, $"{attributes.UserId}:{attributes.GroupId}", Read(line[1]), (int)attributes.LinkCount);
                Expect(line[1], "mode owner size content links", line[3], actual);
            }
        }

        foreach (IGrouping<string, string[]> names in Lines("file").GroupBy(line => line[2]))
        {
            int numbers = names.Select(line => found.GetValueOrDefault(line[1]).Inode).Distinct().Count();
            Expect(string.Join(' ', names.Select(line => line[1])), "files these names lead to", "1", $"{numbers}");
        }
    }

    private void Directories()
    {
        foreach (string[] line in Lines("directory"))
        {
            _ = Find(line[1], line[2]);
        }

        foreach (string[] line in Lines("child"))
        {
            Expect(line[1], "content", line[2], !found.ContainsKey(line[1]) ? "" : StormJournal.HashOf(Read(line[1])));
        }

        foreach (string[] line in Lines("guest"))
        {
            List<string> paths = [.. found.Keys.Where(path => path.EndsWith("/" + line[1], StringComparison.Ordinal))];
            Expect(line[1], "places", "1", $"{paths.Count}");
            if (paths.Count == 1)
            {
                Expect(paths[0], "content", line[2], StormJournal.HashOf(Read(paths[0])));
            }
        }
    }

    private void Shared()
    {
        for (int log = 0; log < StormPlan.Logs; log++)
        {
            JudgeLog(log);
        }

        for (int counter = 0; counter < StormPlan.Counters; counter++)
        {
            Expect(StormPlan.Counter(counter), "count", $"{Sum("counted", counter):D8}", Encoding.ASCII.GetString(Read(StormPlan.Counter(counter))));
        }

        for (int contest = 0; contest < StormPlan.Contests; contest++)
        {
            int first = StormPlan.ContestAtFirst(contest).Exists ? 1 : 0;
            Expect(StormPlan.Contest(contest), "times it is there", $"{first + Sum("won", contest)}", found.ContainsKey(StormPlan.Contest(contest)) ? "1" : "0");
        }

        Dictionary<int, int> versions = Lines("slot").ToDictionary(line => Number(line[1]), line => Number(line[2]));
        foreach (string name in StormPlan.SlotFiles)
        {
            byte[] slots = Read(name);
            Expect(name, "length", $"{StormPlan.Slots * StormPlan.SlotBytes}", $"{slots.Length}");
            for (int slot = 0; slot < StormPlan.Slots && faults.Count == 0; slot++)
            {
                bool isRight = slots.AsSpan(slot * StormPlan.SlotBytes, StormPlan.SlotBytes).SequenceEqual(StormPlan.Slot(slot, versions.GetValueOrDefault(slot)));
                Expect(name, $"slot {slot} of process {StormPlan.SlotOwner(slot)}, version {versions.GetValueOrDefault(slot)}", "right", isRight ? "right" : "wrong");
            }
        }
    }

    private void JudgeLog(int log)
    {
        byte[] content = Read(StormPlan.Log(log));
        var counts = new Dictionary<string, int>();
        foreach (string line in Encoding.ASCII.GetString(content).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            counts[line + "\n"] = counts.GetValueOrDefault(line + "\n") + 1;
        }

        foreach ((int process, int appended) in Lines("appended").Where(line => Number(line[1]) == log).Select(line => (Number(line[2]), Number(line[3]))).Append((99, 100)))
        {
            for (int sequence = 0; sequence < appended && faults.Count < 20; sequence++)
            {
                _ = counts.Remove(Encoding.ASCII.GetString(StormPlan.Record(process, sequence)), out int count);
                Expect(StormPlan.Log(log), $"lines {sequence} of process {process}", "1", $"{count}");
            }
        }

        Expect(StormPlan.Log(log), "lines nobody wrote", "0", $"{counts.Count}");
    }

    // A name that came back, or that two renames left behind, shows here.
    private void NothingElse()
    {
        HashSet<string> known = [.. Lines("file").Select(line => line[1])];
        HashSet<string> folders = [.. Lines("directory").Select(line => line[1])];
        foreach (string path in found.Keys.Where(path => path.StartsWith('s')))
        {
            string[] parts = path.Split('/');
            bool isKnown = parts.Length == 1 || known.Contains(path) || folders.Contains($"{parts[0]}/{parts[1]}")
                || parts[1].Split('-')[0] is "stable" or "log" or "counter" or "contest" or "slots";
            if (!isKnown)
            {
                faults.Add($"{path} is there and no journal knows why");
            }
        }

        int expected = Lines("child").Count() + Lines("guest").Count() + (folders.Count * 2);
        int actual = found.Keys.Count(path => path.Split('/') is { Length: > 1 } parts && folders.Contains($"{parts[0]}/{parts[1]}"));
        Expect("moved directories", "objects", $"{expected}", $"{actual}");
        int stable = found.Keys.Count(path => path.Contains("/stable-", StringComparison.Ordinal));
        Expect("files that nobody touched", "number", $"{StormPlan.Folders * StormPlan.StableNames}", $"{stable}");
    }

    private Attributes? Find(string path, string number)
    {
        if (found.TryGetValue(path, out Attributes attributes))
        {
            Expect(path, "inode", number, $"{attributes.Inode}");
            return attributes;
        }

        faults.Add($"{path} is not there");
        return null;
    }

    private void Expect(string path, string what, string expected, string actual)
    {
        if (expected != actual)
        {
            faults.Add($"{path}: {what}: {actual}, expected {expected}");
        }
    }

    private int Sum(string kind, int index) => Lines(kind).Where(line => Number(line[1]) == index).Sum(line => Number(line[2]));

    private IEnumerable<string[]> Lines(string kind) => journal.Where(line => line[0] == kind);

    private byte[] Read(string path) => Must(Posix.ReadAll(At(path)), path);

    private byte[] At(string path) => PathBytes.Of(path.Length == 0 ? root : $"{root}/{path}");

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private static T Must<T>(Result<T> result, string path) => result.TryGet(out T value, out Errno error) ? value : throw new IOException($"{path}: {error}");
}
