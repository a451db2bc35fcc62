namespace Ext2Union.Ext2.OnDisk;

/// <summary>The names that e2fsprogs prints and takes for feature bits; an unknown bit is <c>FEATURE_C7</c>, <c>FEATURE_R20</c>, <c>FEATURE_I5</c>.</summary>
public static class FeatureNames
{
    private static readonly string?[] Compat =
    [
        "dir_prealloc", "imagic_inodes", "has_journal", "ext_attr", "resize_inode", "dir_index", "lazy_bg", null,
        "snapshot_bitmap", "sparse_super2", "fast_commit", "stable_inodes", "orphan_file",
    ];

    private static readonly string?[] Incompat =
    [
        "compression", "filetype", "needs_recovery", "journal_dev", "meta_bg", "whiteout", "extent", "64bit",
        "mmp", "flex_bg", "ea_inode", "fallthru", "dirdata", "metadata_csum_seed", "large_dir", "inline_data",
        "encrypt", "casefold",
    ];

    private static readonly string?[] RoCompat =
    [
        "sparse_super", "large_file", "btree_dir", "huge_file", "uninit_bg", "dir_nlink", "extra_isize", "snapshot",
        "quota", "bigalloc", "metadata_csum", "replica", "read-only", "project", "shared_blocks", "verity",
        "orphan_present",
    ];

    /// <summary>The names of all bits, separated by ", ".</summary>
    public static string Of(CompatFeatures features) => Join(Compat, (uint)features, 'C');

    /// <summary>The names of all bits, separated by ", ".</summary>
    public static string Of(IncompatFeatures features) => Join(Incompat, (uint)features, 'I');

    /// <summary>The names of all bits, separated by ", ".</summary>
    public static string Of(RoCompatFeatures features) => Join(RoCompat, (uint)features, 'R');

    /// <summary>Finds a feature by name, in any of the three sets; the other two are None. False: no such name.</summary>
    public static bool TryParse(string name, out CompatFeatures compat, out IncompatFeatures incompat, out RoCompatFeatures roCompat)
    {
        string canonical = name switch
        {
            "extents" => "extent",
            "journal" => "has_journal",
            "gdt_csum" => "uninit_bg",
            _ => name,
        };
        compat = (CompatFeatures)Bit(Compat, canonical);
        incompat = (IncompatFeatures)Bit(Incompat, canonical);
        roCompat = (RoCompatFeatures)Bit(RoCompat, canonical);
        return ((uint)compat | (uint)incompat | (uint)roCompat) != 0;
    }

    private static uint Bit(string?[] names, string name)
    {
        int index = Array.IndexOf(names, name);
        return index < 0 ? 0 : 1u << index;
    }

    private static string Join(string?[] names, uint bits, char letter)
    {
        var found = new List<string>();
        for (int bit = 0; bit < 32; bit++)
        {
            if ((bits & (1u << bit)) != 0)
            {
                found.Add((bit < names.Length ? names[bit] : null) ?? $"FEATURE_{letter}{bit}");
            }
        }

        return string.Join(", ", found);
    }
}
