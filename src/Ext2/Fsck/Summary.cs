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
            reporter.Say(Invariant(
                $"{reporter.VolumeName}: {usedInodes}/{(uint)volume.Superblock.InodesCount} files ({files}% non-contiguous), {usedBlocks}/{(uint)volume.Superblock.BlocksCount} blocks"));
        }
        else
        {
            PrintLong(volume, reporter, facts, usedInodes, usedBlocks);
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

    private static void PrintLong(CheckedVolume volume, Reporter reporter, InodeFacts facts, long usedInodes, long usedBlocks)
    {
        VolumeStatistics statistics = facts.Statistics;
        (long names, long links) = CountNames(volume, facts);
        uint inodes = volume.Superblock.InodesCount;
        uint blocks = volume.Superblock.BlocksCount;
        reporter.Say("");
        Row(usedInodes, "inode", Invariant($" used ({Share(usedInodes, inodes)}%, out of {inodes})"));
        Row(statistics.FragmentedFiles, "non-contiguous file", $" ({Percent(statistics.FragmentedFiles, usedInodes)}%)");
        string directories = statistics.FragmentedDirectories == 1 ? "non-contiguous directory" : "non-contiguous directories";
        reporter.Say(Invariant($"{statistics.FragmentedDirectories,12} {directories} ({Percent(statistics.FragmentedDirectories, usedInodes)}%)"));
        reporter.Say(Invariant(
            $"             # of inodes with ind/dind/tind blocks: {statistics.WithIndirect[0]}/{statistics.WithIndirect[1]}/{statistics.WithIndirect[2]}"));
        Row(usedBlocks, "block", Invariant($" used ({Share(usedBlocks, blocks)}%, out of {blocks})"));
        Row(statistics.BadBlocks, "bad block");
        Row(statistics.LargeFiles, "large file");
        reporter.Say("");
        Row(statistics.Of(InodeKind.File), "regular file");
        reporter.Say(Invariant($"{statistics.Of(InodeKind.Directory),12} {(statistics.Of(InodeKind.Directory) == 1 ? "directory" : "directories")}"));
        Row(statistics.Of(InodeKind.CharacterDevice), "character device file");
        Row(statistics.Of(InodeKind.BlockDevice), "block device file");
        Row(statistics.Of(InodeKind.Fifo), "fifo");
        Row(links, "link");
        string fast = statistics.FastSymlinks == 1 ? "link" : "links";
        Row(statistics.Of(InodeKind.Symlink), "symbolic link", Invariant($" ({statistics.FastSymlinks} fast symbolic {fast})"));
        Row(statistics.Of(InodeKind.Socket), "socket");
        reporter.Say("------------");
        Row(names, "file");

        void Row(long count, string what, string rest = "") => reporter.Say(Invariant($"{count,12} {what}{(count == 1 ? "" : "s")}{rest}"));
    }

    // Names of everything, the root's counted as one; and of those the ones of files that have another.
    private static (long Names, long Links) CountNames(CheckedVolume volume, InodeFacts facts)
    {
        (long names, long links) = (facts.Directories.Count, 0);
        for (uint inode = facts.Inodes.NextUsed(volume.FirstInode); inode != 0; inode = facts.Inodes.NextUsed(inode + 1L))
        {
            if (facts.Inodes.KindOf(inode) != InodeKind.Directory)
            {
                names += facts.Inodes.FoundLinks(inode);
                links += Math.Max(0, facts.Inodes.FoundLinks(inode) - 1);
            }
        }
        return (names, links);
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
