namespace Ext2Union.Tools.Fsck;

/// <summary>What follows -E: words with commas between, as e2fsck has them. Every word is understood or refused.</summary>
internal sealed record ExtendedOptions
{
    // Words of e2fsck whose work there is nothing for on ext2, or not here.
    private static readonly Dictionary<string, string> Refused = new()
    {
        ["journal_only"] = "ext2 has no journal to replay",
        ["optimize_extents"] = "ext2 has no extents to optimize",
        ["inode_count_fullmap"] = "link counts are kept in arrays as it is; there is nothing to trade for memory",
        ["readahead_kb"] = "inode tables are always read in runs of 1 MiB",
        ["bmap2extent"] = "ext2 has no extents; e2fsck converts volumes of ext4",
        ["unshare_blocks"] = "ext2 has no shared blocks by design; those that damage shares are copied by every check",
        ["check_encoding"] = "ext2 has no directories that ignore case",
        ["fragcheck"] = "blocks that do not follow each other are only counted; filefrag(8) lists them",
        ["discard"] = "free blocks are not discarded; mount the volume and use fstrim(8)",
    };

    /// <summary>clear_marks: remove all marks of a union, after saying what that changes.</summary>
    public bool ClearMarks { get; private init; }

    /// <summary>fixes_only: nothing is changed that is not damaged; excludes -D.</summary>
    public bool FixesOnly { get; private init; }

    /// <summary>Adds the words of one -E to what those before it said.</summary>
    public static bool TryParse(string list, ExtendedOptions start, out ExtendedOptions options, out string fault)
    {
        options = start;
        foreach (string word in list.Split(','))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? word : word[..equals];
            if (!TryApply(name, equals < 0 ? null : word[(equals + 1)..], ref options, out fault))
            {
                return false;
            }
        }
        fault = "";
        return true;
    }

    private static bool TryApply(string name, string? value, ref ExtendedOptions options, out string fault)
    {
        fault = "";
        switch (name, value)
        {
            case ("fixes_only", null):
                options = options with { FixesOnly = true };
                return true;
            case ("clear_marks", null):
                options = options with { ClearMarks = true };
                return true;
            // They ask for what is the case anyway.
            case ("nodiscard" or "no_optimize_extents" or "no_inode_count_fullmap", null):
            case ("ea_ver", "2"):
                return true;
            case ("ea_ver", _):
                fault = "-E ea_ver: only version 2 of attribute blocks is known (ea_ver=2)";
                return false;
            default:
                fault = Refused.TryGetValue(name, out string? why) ? $"-E {name}: {why}"
                    : $"there is no extended option '{word(name, value)}'; fsck.ext2u --help lists all";
                return false;
        }

        static string word(string name, string? value) => value is null ? name : $"{name}={value}";
    }
}
