using System.Globalization;
using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Whether a volume says that it needs no check, as e2fsck reads it.</summary>
internal static class CleanState
{
    private const ushort Never = 0xFFFF;

    public static bool MaySkip(CheckedVolume volume, CheckOptions options, Reporter reporter)
    {
        string? reason = FindReason(volume);
        bool isWished = options.Force || options.CompactDirectories || options.ClearMarks;
        if (isWished || options.SuperblockBlock is not null || volume.IsHeaderChanged || reason is not null)
        {
            if (reason is not null && !options.Force)
            {
                reporter.SayOfVolume(reason + ", check forced.");
            }
            return false;
        }
        ref Superblock superblock = ref volume.Superblock;
        reporter.SayOfVolume(string.Create(
            CultureInfo.InvariantCulture,
            $"clean, {superblock.InodesCount - superblock.FreeInodesCount}/{(uint)superblock.InodesCount} files, {superblock.BlocksCount - superblock.FreeBlocksCount}/{(uint)superblock.BlocksCount} blocks"));
        return true;
    }

    private static string? FindReason(CheckedVolume volume)
    {
        ref Superblock superblock = ref volume.Superblock;
        var state = (SuperblockState)(ushort)superblock.State;
        if ((state & SuperblockState.Errors) != 0)
        {
            return "contains a file system with errors";
        }
        if ((state & SuperblockState.Clean) == 0 || superblock.LastOrphan != 0)
        {
            return "was not cleanly unmounted";
        }
        if (superblock.MaximumMountCount is var most && most != 0 && most != Never && superblock.MountCount >= most)
        {
            return string.Create(CultureInfo.InvariantCulture, $"has been mounted {(ushort)superblock.MountCount} times without being checked");
        }
        bool isDue = superblock.CheckInterval != 0 && superblock.Revision != 0
            && volume.Now > (long)superblock.LastCheck + superblock.CheckInterval;
        return isDue ? "has gone too long without being checked" : null;
    }
}
