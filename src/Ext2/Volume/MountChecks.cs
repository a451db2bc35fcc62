using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Volume;

/// <summary>Whether this engine can honour what a volume says of itself. What it cannot is refused by name, in a sentence.</summary>
internal static class MountChecks
{
    /// <summary>Features that must be known to read, and are.</summary>
    public const IncompatFeatures Readable = IncompatFeatures.FileType | IncompatFeatures.MetaBlockGroups | IncompatFeatures.FlexibleGroups
        | IncompatFeatures.Whiteout | IncompatFeatures.Fallthru;

    /// <summary>Features that must be known to write, and are.</summary>
    public const RoCompatFeatures Writable = RoCompatFeatures.SparseSuper | RoCompatFeatures.LargeFile | RoCompatFeatures.BtreeDirectories
        | RoCompatFeatures.ExtraInodeSize;

    /// <summary>The sentence, or null when the volume may be mounted as wanted.</summary>
    public static string? Refusal(in Superblock superblock, bool forWriting, bool asLower)
    {
        // Revision 0 has no feature fields: what stands there means nothing.
        if (superblock.Revision == 0)
        {
            return StateRefusal(superblock, asLower);
        }

        var compat = (CompatFeatures)(uint)superblock.Compat;
        var incompat = (IncompatFeatures)(uint)superblock.Incompat;
        var roCompat = (RoCompatFeatures)(uint)superblock.RoCompat;
        if ((incompat & IncompatFeatures.NeedsRecovery) != 0)
        {
            return "Its journal holds changes that were not replayed (needs_recovery): run e2fsck -f on it first.";
        }

        IncompatFeatures unknown = incompat & ~Readable;
        if (unknown != 0)
        {
            return $"It uses features that are not supported: {FeatureNames.Of(unknown)}. The kernel mounts volumes with those of ext4: mount -t ext4.";
        }

        if ((roCompat & (RoCompatFeatures.MetadataChecksum | RoCompatFeatures.BigAllocation)) is var refused and not 0)
        {
            return $"It uses features that are not supported: {FeatureNames.Of(refused)}. The kernel mounts volumes with those of ext4: mount -t ext4.";
        }

        if (forWriting && (roCompat & ~Writable) is var unwritable and not 0)
        {
            return $"It uses features that allow it to be mounted read-only only: {FeatureNames.Of(unwritable)}; add the option ro.";
        }

        // A journal that this engine writes past would be replayed over its changes by the next ext3 or ext4 mount that finds one in it.
        if (forWriting && (compat & CompatFeatures.HasJournal) != 0)
        {
            return "It has a journal (has_journal), which is not supported for writing: add the option ro, or remove it with tune2fs -O ^has_journal.";
        }

        return StateRefusal(superblock, asLower);
    }

    private static string? StateRefusal(in Superblock superblock, bool asLower)
    {
        var state = (SuperblockState)(ushort)superblock.State;
        bool isSound = (state & (SuperblockState.Clean | SuperblockState.Errors)) == SuperblockState.Clean;
        return asLower && !isSound
            ? "It was not unmounted cleanly, and a lower layer must not change: run fsck.ext2u on it first."
            : null;
    }
}
