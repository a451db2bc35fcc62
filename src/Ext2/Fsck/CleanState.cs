using System.Globalization;
using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Whether a volume says that it needs no check, as e2fsck reads it.</summary>
internal static class CleanState
{
    private const long SecondsOfDay = 86400;

    /// <summary>Whether the volume lacks the mark of a clean unmount. One with the mark of errors alone is not what e2fsck counts as corrected either.</summary>
    public static bool IsUnclean(CheckedVolume volume) => ((SuperblockState)(ushort)volume.Superblock.State & SuperblockState.Clean) == 0;

    public static bool MaySkip(CheckedVolume volume, CheckOptions options, Reporter reporter)
    {
        string? reason = FindReason(volume);
        bool isWished = options.Force || options.CompactDirectories || options.ClearMarks || options.Lowers.Count != 0 || reporter.Left != 0;
        if (isWished || options.SuperblockBlock is not null || volume.IsHeaderChanged || reason is not null)
        {
            if (reason is not null && !options.Force)
            {
                reporter.SayForced(reason);
            }
            return false;
        }
        ref Superblock superblock = ref volume.Superblock;
        reporter.SayOfVolume(string.Create(
            CultureInfo.InvariantCulture,
            $"clean, {superblock.InodesCount - superblock.FreeInodesCount}/{(uint)superblock.InodesCount} files, {superblock.BlocksCount - superblock.FreeBlocksCount}/{(uint)superblock.BlocksCount} blocks{NextCheck(volume)}"));
        return true;
    }

    private static string? FindReason(CheckedVolume volume)
    {
        ref Superblock superblock = ref volume.Superblock;
        var state = (SuperblockState)(ushort)superblock.State;
        if ((state & SuperblockState.Errors) != 0 || HasImpossibleCounts(volume))
        {
            return "contains a file system with errors";
        }
        if ((state & SuperblockState.Clean) == 0 || superblock.LastOrphan != 0)
        {
            return "was not cleanly unmounted";
        }
        if (BackupCheck.FirstDifference(volume) is not null)
        {
            return "primary superblock features different from backup";
        }
        if (MountsLeft(superblock) == 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"has been mounted {(ushort)superblock.MountCount} times without being checked");
        }
        if (superblock.CheckInterval == 0)
        {
            return null;
        }
        long passed = volume.Now - (long)superblock.LastCheck;
        if (passed < 0)
        {
            // A clock of another time zone is forgiven.
            passed += Pass0Superblock.ClockFudge;
        }
        return passed < 0 ? "has filesystem last checked time in the future"
            : passed >= superblock.CheckInterval
            ? string.Create(CultureInfo.InvariantCulture, $"has gone {passed / SecondsOfDay} days without being checked")
            : null;
    }

    // Said only when few mounts are left.
    private static string NextCheck(CheckedVolume volume) => MountsLeft(volume.Superblock) switch
    {
        1 => " (check after next mount)",
        <= 5 and var left => string.Create(CultureInfo.InvariantCulture, $" (check in {left} mounts)"),
        _ => "",
    };

    // The field is signed: -1 is never.
    private static int MountsLeft(in Superblock superblock)
    {
        int most = superblock.MaximumMountCount;
        return (short)most <= 0 ? int.MaxValue : Math.Max(0, most - superblock.MountCount);
    }

    private static bool HasImpossibleCounts(CheckedVolume volume)
    {
        ref Superblock superblock = ref volume.Superblock;
        bool isImpossible = superblock.FreeBlocksCount > superblock.BlocksCount || superblock.FreeInodesCount > superblock.InodesCount;
        for (uint group = 0; group < volume.Geometry.GroupCount && !isImpossible; group++)
        {
            ref GroupDescriptor descriptor = ref volume.Descriptor(group);
            isImpossible = descriptor.FreeBlocksCount > superblock.BlocksPerGroup || descriptor.FreeInodesCount > superblock.InodesPerGroup
                || descriptor.UsedDirectoriesCount > superblock.InodesPerGroup;
        }
        return isImpossible;
    }
}
