using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>The feature list of <c>-O</c>: names separated by commas, <c>^name</c> takes one away, <c>none</c> starts from nothing.</summary>
public static class FeatureList
{
    /// <summary>Applies a list to a set. False: <paramref name="fault"/> names the feature and says why it can't be had.</summary>
    public static bool TryApply(string list, FeatureSet start, out FeatureSet features, out string fault)
    {
        features = start;
        fault = "";
        foreach (string word in list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (word == "none")
            {
                features = default;
                continue;
            }

            bool clear = word[0] is '^' or '-';
            string name = clear || word[0] == '+' ? word[1..] : word;
            if (!FeatureNames.TryParse(name, out CompatFeatures compat, out IncompatFeatures incompat, out RoCompatFeatures roCompat))
            {
                fault = $"There is no feature called {name}.";
                return false;
            }

            var one = new FeatureSet(compat, incompat, roCompat);
            if (!clear && !one.Without(FeatureSet.Supported).IsEmpty)
            {
                fault = $"The feature {name} can't be made: {WhyNot(one)}.";
                return false;
            }

            features = clear ? features.Without(one) : features.With(one);
        }

        // A fallthru is only understood by who also understands whiteouts.
        if ((features.Incompat & IncompatFeatures.Fallthru) != 0)
        {
            features = features with { Incompat = features.Incompat | IncompatFeatures.Whiteout };
        }

        return true;
    }

    private static string WhyNot(FeatureSet one) => one switch
    {
        { Compat: CompatFeatures.HasJournal } => "ext2 has no journal, and a volume with one is ext3",
        { Incompat: IncompatFeatures.Extents } => "ext2 maps blocks by indirect blocks, and a volume with extents is ext4",
        { Incompat: IncompatFeatures.Bits64 } => "ext2 numbers blocks with 32 bits",
        { RoCompat: RoCompatFeatures.MetadataChecksum } or { RoCompat: RoCompatFeatures.UninitializedGroups }
            or { Incompat: IncompatFeatures.ChecksumSeed } => "ext2 has no checksums of metadata",
        { Incompat: IncompatFeatures.FlexibleGroups } => "ext2 keeps bitmaps and inode tables in their group",
        { Incompat: IncompatFeatures.InlineData } => "ext2 keeps file content in blocks",
        { RoCompat: RoCompatFeatures.Quota } or { RoCompat: RoCompatFeatures.Project } => "quota is not kept here",
        { Incompat: IncompatFeatures.JournalDevice } => "journals of other volumes are not made here",
        _ => "it is not part of ext2",
    };
}
