using System.Globalization;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>The lines at the end of a check.</summary>
internal static class Summary
{
    public static void Print(CheckedVolume volume, Reporter reporter, InodeFacts facts)
    {
        long usedInodes = (long)volume.Superblock.InodesCount - volume.Superblock.FreeInodesCount;
        long usedBlocks = (long)volume.Superblock.BlocksCount - volume.Superblock.FreeBlocksCount;
        VolumeStatistics statistics = facts.Statistics;
        string files = Percent(statistics.FragmentedFiles + statistics.FragmentedDirectories, usedInodes);
        if (!reporter.IsVerbose)
        {
            reporter.SayOfVolume(Invariant(
                $"{usedInodes}/{(uint)volume.Superblock.InodesCount} files ({files}% non-contiguous), {usedBlocks}/{(uint)volume.Superblock.BlocksCount} blocks"));
        }
        else
        {
            PrintLong(volume, reporter, statistics, usedInodes, usedBlocks);
        }
        bool hasCopies = statistics.IncompleteFiles + statistics.IndexEntries != 0;
        if (statistics.Whiteouts + statistics.Fallthrus + statistics.OpaqueDirectories != 0 || hasCopies)
        {
            // Scripts read this line: what only some tops have comes last, and only on those.
            string copies = hasCopies ? Invariant($", {statistics.IncompleteFiles} incomplete files, {statistics.IndexEntries} index entries") : "";
            reporter.Say(Invariant(
                $"union: {statistics.Whiteouts} whiteouts, {statistics.Fallthrus} fallthrus, {statistics.OpaqueDirectories} opaque directories") + copies);
        }
    }

    private static void PrintLong(CheckedVolume volume, Reporter reporter, VolumeStatistics statistics, long usedInodes, long usedBlocks)
    {
        uint inodes = volume.Superblock.InodesCount;
        uint blocks = volume.Superblock.BlocksCount;
        reporter.Say("");
        Row(usedInodes, Invariant($"inodes used ({Share(usedInodes, inodes)}%, out of {inodes})"));
        Row(statistics.FragmentedFiles, $"non-contiguous files ({Percent(statistics.FragmentedFiles, usedInodes)}%)");
        Row(statistics.FragmentedDirectories, $"non-contiguous directories ({Percent(statistics.FragmentedDirectories, usedInodes)}%)");
        reporter.Say(Invariant(
            $"             # of inodes with ind/dind/tind blocks: {statistics.WithIndirect[0]}/{statistics.WithIndirect[1]}/{statistics.WithIndirect[2]}"));
        Row(usedBlocks, Invariant($"blocks used ({Share(usedBlocks, blocks)}%, out of {blocks})"));
        Row(statistics.BadBlocks, "bad blocks");
        Row(statistics.LargeFiles, "large files");
        reporter.Say("");
        Row(statistics.Of(InodeKind.File), "regular files");
        Row(statistics.Of(InodeKind.Directory), "directories");
        Row(statistics.Of(InodeKind.CharacterDevice), "character device files");
        Row(statistics.Of(InodeKind.BlockDevice), "block device files");
        Row(statistics.Of(InodeKind.Fifo), "fifos");
        Row(statistics.Of(InodeKind.Symlink), Invariant($"symbolic links ({statistics.FastSymlinks} fast symbolic links)"));
        Row(statistics.Of(InodeKind.Socket), "sockets");

        void Row(long count, string what) => reporter.Say(Invariant($"{count,12} {what}"));
    }

    // e2fsck's rounding: tenths of a percent, half a tenth up, cut.
    private static string Percent(long count, long of)
    {
        long tenths = of == 0 ? 0 : ((10000 * count / of) + 5) / 10;
        return Invariant($"{tenths / 10}.{tenths % 10}");
    }

    private static string Share(long count, long of) => Invariant($"{100.0 * count / Math.Max(of, 1):F2}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
