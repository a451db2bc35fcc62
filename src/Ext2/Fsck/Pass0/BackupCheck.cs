using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Backup superblocks against the primary one: measures and features. A backup without a union's features would cost its marks to who restores it.
/// </summary>
internal sealed class BackupCheck(CheckedVolume volume, Reporter reporter)
{
    // Bits that kernels set in the primary superblock alone, when a file or an attribute first needs them.
    private const CompatFeatures LazyCompat = CompatFeatures.ExtendedAttributes;
    private const RoCompatFeatures LazyRoCompat = RoCompatFeatures.LargeFile;

    public void Run()
    {
        if (FirstDifference(volume) is { } block)
        {
            volume.AreBackupsStale |= reporter.Raise(SuperblockProblems.BackupDiffers, new Place { Block = block });
        }
    }

    /// <summary>The block of the first backup that differs; null when all agree.</summary>
    public static uint? FirstDifference(CheckedVolume volume)
    {
        Geometry geometry = volume.Geometry;
        byte[] copy = new byte[Superblock.Bytes];
        for (uint group = 1; group < geometry.GroupCount; group++)
        {
            if (!geometry.HasSuperblock(group))
            {
                continue;
            }
            uint block = geometry.SuperblockOf(group).Value;
            volume.Store.ReadBytes((long)block << geometry.BlockBits, copy);
            if (!Agrees(volume.Superblock, Overlay.ReadSuperblock(copy)))
            {
                return block;
            }
        }
        return null;
    }

    private static bool Agrees(in Superblock primary, in Superblock backup)
    {
        return backup.Magic == primary.Magic && backup.BlocksCount == primary.BlocksCount && backup.InodesCount == primary.InodesCount
            && backup.LogBlockSize == primary.LogBlockSize && backup.BlocksPerGroup == primary.BlocksPerGroup
            && backup.InodesPerGroup == primary.InodesPerGroup && backup.Revision == primary.Revision && backup.InodeSize == primary.InodeSize
            && backup.ReservedGdtBlocks == primary.ReservedGdtBlocks && backup.Incompat == primary.Incompat
            && ((backup.Compat ^ primary.Compat) & ~(uint)LazyCompat) == 0 && ((backup.RoCompat ^ primary.RoCompat) & ~(uint)LazyRoCompat) == 0;
    }
}
