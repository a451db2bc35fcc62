using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Fsck;

/// <summary>The two feature bits against the marks and copies that were met. Marks without their bit are kept: a superblock that came from an old backup must not cost a whiteout.</summary>
internal sealed class MarkFeatures(CheckedVolume volume, Reporter reporter, InodeFacts facts)
{
    public void Check()
    {
        VolumeStatistics statistics = facts.Statistics;
        bool hasWhiteout = statistics.Whiteouts != 0 || facts.HasOpaque || statistics.Fallthrus != 0 || facts.Copies.NeedFallthru;
        bool hasFallthru = statistics.Fallthrus != 0;
        if (hasWhiteout && !volume.Has(IncompatFeatures.Whiteout) && reporter.Raise(UnionProblems.WhiteoutFeature))
        {
            Set(IncompatFeatures.Whiteout);
        }
        if (hasFallthru && !volume.Has(IncompatFeatures.Fallthru) && reporter.Raise(UnionProblems.FallthruFeature))
        {
            Set(IncompatFeatures.Fallthru);
        }
        else if (facts.Copies.NeedFallthru && !volume.Has(IncompatFeatures.Fallthru) && reporter.Raise(CopyProblems.Feature))
        {
            Set(IncompatFeatures.Whiteout | IncompatFeatures.Fallthru);
        }
        bool isMarked = volume.Has(IncompatFeatures.Whiteout) || volume.Has(IncompatFeatures.Fallthru);
        if (isMarked && !hasWhiteout && reporter.IsVerbose)
        {
            _ = reporter.Raise(UnionProblems.NoMarks);
        }
    }

    private void Set(IncompatFeatures feature)
    {
        volume.Superblock.Incompat = (uint)((IncompatFeatures)(uint)volume.Superblock.Incompat | feature);
        volume.IsHeaderChanged = true;
        volume.AreBackupsStale = true;
    }
}
