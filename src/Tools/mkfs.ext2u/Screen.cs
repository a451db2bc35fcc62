using Ext2Union.Ext2.Mkfs;
using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Tools.Mkfs;

/// <summary>What is shown on standard output: the summary of mke2fs, and progress on a terminal.</summary>
internal sealed class Screen(bool quiet, bool verbose)
{
    private readonly bool isTerminal = !quiet && !Console.IsOutputRedirected;
    private string step = "";
    private long lastShown;

    /// <summary>A line that -q silences.</summary>
    public void Line(string text)
    {
        if (!quiet)
        {
            Console.Out.WriteLine(text);
        }
    }

    /// <summary>The volume as planned.</summary>
    public void Summary(FormatPlan plan)
    {
        Geometry geometry = plan.Geometry;
        if (verbose)
        {
            Line($"Features: {FeatureNames.Of((CompatFeatures)(uint)plan.Superblock.Compat)} {FeatureNames.Of((IncompatFeatures)(uint)plan.Superblock.Incompat)} {FeatureNames.Of((RoCompatFeatures)(uint)plan.Superblock.RoCompat)}"
                .Replace(",", "", StringComparison.Ordinal));
            Line($"Block size={geometry.BlockBytes}, inode size={geometry.InodeBytes}");
            Line($"{plan.Superblock.ReservedBlocksCount} blocks reserved for the super user");
            Line($"First data block={geometry.FirstDataBlock}");
            Line($"{geometry.GroupCount} block groups, {geometry.BlocksPerGroup} blocks and {geometry.InodesPerGroup} inodes per group");
        }

        Line($"Creating filesystem with {geometry.BlockCount} {geometry.BlockBytes / 1024}k blocks and {geometry.InodeCount} inodes");
        Line($"Filesystem UUID: {plan.Options.VolumeId}");
        string[] backups = [.. plan.BackupBlocks.Select(block => block.ToString())];
        if (backups.Length > 0)
        {
            Line("Superblock backups stored on blocks: ");
            foreach (string[] row in backups.Chunk(8))
            {
                Line($"\t{string.Join(", ", row)}");
            }
        }

        Line("");
    }

    /// <summary>How far a step is; on a terminal at most ten times a second.</summary>
    public void Show(FormatProgress progress)
    {
        bool isNew = progress.Step != step;
        if (isNew)
        {
            Finish();
            step = progress.Step;
        }

        if (isTerminal && (isNew || Environment.TickCount64 - lastShown > 100))
        {
            lastShown = Environment.TickCount64;
            Console.Out.Write(progress.Total > 0 ? $"\r{step}: {progress.Done}/{progress.Total}" : $"\r{step}: {progress.Done}");
        }
    }

    /// <summary>The step under way is done, or has failed.</summary>
    public void Finish(bool isDone = true)
    {
        if (step.Length > 0)
        {
            Line($"{(isTerminal ? "\r" : "")}{step}: {(isDone ? "done" : "failed")}{(isTerminal ? new string(' ', 16) : "")}");
            step = "";
        }
    }
}
