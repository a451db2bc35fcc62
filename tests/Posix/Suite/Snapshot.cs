using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Ext2Union.Posix.Tests.Suite;

/// <summary>All that can be seen of a tree, an object a line.</summary>
internal static partial class Snapshot
{
    /// <summary>Takes it of the working directory, by relative names, without times of access.</summary>
    public static SortedDictionary<string, string> Take()
    {
        var lines = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var pending = new Stack<string>(["."]);
        while (pending.TryPop(out string? path))
        {
            Stat stat = Names.Lstat(path);
            lines[path] = Describe(path, stat);
            if (stat.Type == S_IFDIR)
            {
                foreach (Listing.Entry entry in Listing.Of(path).Where(entry => entry.Name is not ("." or "..")))
                {
                    string below = path == "." ? entry.Name : $"{path}/{entry.Name}";
                    lines[below + " (listed)"] = $"d_ino {entry.Ino}, d_type {entry.Type}";
                    pending.Push(below);
                }
            }
        }

        return lines;
    }

    /// <summary>What differs, old above new; empty when nothing does.</summary>
    public static string Difference(SortedDictionary<string, string> old, SortedDictionary<string, string> now)
    {
        const int Shown = 30;
        string[] different = [.. old.Keys.Union(now.Keys).Where(path => old.GetValueOrDefault(path) != now.GetValueOrDefault(path)).Order(StringComparer.Ordinal)];
        var text = new StringBuilder();
        foreach (string path in different.Take(Shown))
        {
            _ = text.Append($"\n    {path}: {Change(old.GetValueOrDefault(path), now.GetValueOrDefault(path))}");
        }

        return different.Length > Shown ? text.Append($"\n    ... {different.Length} in all").ToString() : text.ToString();
    }

    // Field by field, as far as both have the same fields.
    private static string Change(string? old, string? now)
    {
        string[] before = (old ?? "absent").Split(", "), after = (now ?? "absent").Split(", ");
        return before.Length != after.Length
            ? $"was {old ?? "absent"}, now {now ?? "absent"}"
            : string.Join("; ", before.Zip(after).Where(pair => pair.First != pair.Second).Select(pair => $"was {pair.First}, now {pair.Second}"));
    }

    /// <summary>The same without change times.</summary>
    public static SortedDictionary<string, string> WithoutChangeTimes(SortedDictionary<string, string> lines) => Without(lines, ChangeTime());

    /// <summary>The same without link counts of directories.</summary>
    public static SortedDictionary<string, string> WithoutDirectoryLinks(SortedDictionary<string, string> lines) => Without(lines, DirectoryLinks());

    private static SortedDictionary<string, string> Without(SortedDictionary<string, string> lines, Regex fields) =>
        new(lines.ToDictionary(line => line.Key, line => fields.Replace(line.Value, "-")), StringComparer.Ordinal);

    [GeneratedRegex(@"\bctime [\d.]+")]
    private static partial Regex ChangeTime();

    [GeneratedRegex(@"(?<=mode 4\d{4}, )nlink \d+")]
    private static partial Regex DirectoryLinks();

    private static string Describe(string path, in Stat stat)
    {
        string size = stat.Type == S_IFDIR ? "" : $", size {stat.Size}";
        string detail = stat.Type switch
        {
            S_IFREG => ", content " + Convert.ToHexString(SHA256.HashData(Encoding.Latin1.GetBytes(Files.Content(path))), 0, 6),
            S_IFLNK => ", target " + Names.Readlink(path),
            S_IFCHR or S_IFBLK => $", device {stat.Rdev}",
            _ => "",
        };
        string xattrs = string.Concat(Metadata.Listxattr(path).Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(name => $", {name}={Convert.ToHexString(Metadata.GetxattrBytes(path, name))}"));
        return $"ino {stat.Ino}, mode {Convert.ToString(stat.Mode, 8)}, nlink {stat.Nlink}, owner {stat.Uid}:{stat.Gid}{size}, "
            + $"mtime {stat.Mtime.Seconds}.{stat.Mtime.Nanoseconds:d9}, ctime {stat.Ctime.Seconds}.{stat.Ctime.Nanoseconds:d9}{detail}{xattrs}";
    }
}
