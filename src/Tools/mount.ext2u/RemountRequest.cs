namespace Ext2Union.Tools.Mount;

/// <summary>What a remount asks of the daemon: a wish in the first line, then each option that was given, which has to be what it was.</summary>
internal static class RemountRequest
{
    /// <summary>Only the options are looked at.</summary>
    public const string Compare = "compare";
    /// <summary>Write everything, mark the volume clean, write no more.</summary>
    public const string ReadOnly = "ro";
    /// <summary>Mark the volume in use and take changes.</summary>
    public const string Writable = "rw";

    // These say how to remount, or stand for what the kernel shows of every mount.
    private static readonly HashSet<string> NotCompared = new(StringComparer.Ordinal) { "remount", "fsname", "subtype" };

    /// <summary>The question as a text.</summary>
    public static string Write(string wish, MountOptions options) =>
        wish + string.Concat(options.Given.Where(one => !NotCompared.Contains(one.Key)).Select(one => $"\n{one.Key}={one.Value}"));

    /// <summary>The wish, and the name of the first option that is not what it was; null when all are.</summary>
    public static string Read(string question, MountOptions now, bool allowsOthers, out string? changed)
    {
        string[] lines = question.Split('\n');
        changed = null;
        foreach (string line in lines.AsSpan(1))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? line : line[..equals];
            bool isSame = name == "allow_other" ? allowsOthers
                : now.Given.TryGetValue(name, out string? value) ? value == line[(equals + 1)..]
                : name == "union" && now.Union;
            changed ??= isSame ? null : name;
        }

        return lines[0];
    }
}
