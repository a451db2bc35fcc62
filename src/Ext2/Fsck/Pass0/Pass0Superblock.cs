using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Checks: superblock (or a backup of it), features, size against the device, times, UUID, group descriptors, the list of orphans, the resize
/// inode. Gathers: the volume with measures that all passes divide by. Relies on: nothing. Leaves: superblock and descriptors in memory,
/// sound in themselves; counts and bitmaps are pass 5's.
/// </summary>
internal sealed class Pass0Superblock(VolumeStore store, CheckOptions options, Reporter reporter)
{
    private const CompatFeatures KnownCompat = CompatFeatures.DirectoryPreallocation | CompatFeatures.MagicInodes
        | CompatFeatures.ExtendedAttributes | CompatFeatures.ResizeInode | CompatFeatures.DirectoryIndex;
    private const IncompatFeatures KnownIncompat =
        IncompatFeatures.FileType | IncompatFeatures.MetaBlockGroups | IncompatFeatures.Whiteout | IncompatFeatures.Fallthru;
    private const RoCompatFeatures KnownRoCompat =
        RoCompatFeatures.SparseSuper | RoCompatFeatures.LargeFile | RoCompatFeatures.BtreeDirectories;

    // e2fsck forgives clocks of other time zones as much.
    private const uint ClockFudge = 86400;
    private bool fromBackup;

    /// <summary>Opens the volume: enough to say whether it is clean.</summary>
    public CheckedVolume Open()
    {
        var search = new SuperblockSearch(store, options, reporter);
        byte[] bytes = search.Find(out Geometry geometry, out fromBackup);
        store.BlockBytes = geometry.BlockBytes;
        // Before anything is measured out by it: a damaged count must not cost memory.
        CheckSize(geometry);
        var volume = new CheckedVolume(store, geometry, bytes, options.Clock)
        {
            IsHeaderChanged = fromBackup || search.IsRepaired,
            AreBackupsStale = fromBackup || search.IsRepaired,
        };
        if (fromBackup)
        {
            volume.Superblock.BlockGroup = 0;
        }
        CheckFeatures(volume);
        return volume;
    }

    /// <summary>Opens the volume with its descriptors, for a reader that checks nothing else.</summary>
    public CheckedVolume OpenForReading()
    {
        CheckedVolume volume = Open();
        new DescriptorCheck(volume, reporter).Run(fromBackup);
        return volume;
    }

    /// <summary>The checks that a volume which says that it is clean is spared.</summary>
    public void Check(CheckedVolume volume)
    {
        new DescriptorCheck(volume, reporter).Run(fromBackup);
        CheckFields(volume);
        if (!volume.AreBackupsStale)
        {
            new BackupCheck(volume, reporter).Run();
        }
        new OrphanList(volume, reporter).Run();
        new ResizeInodeCheck(volume, reporter).Run();
    }

    private void CheckFeatures(CheckedVolume volume)
    {
        ref Superblock superblock = ref volume.Superblock;
        if (superblock.Revision == 0)
        {
            return;
        }
        var compat = (CompatFeatures)(uint)superblock.Compat & ~KnownCompat;
        var incompat = (IncompatFeatures)(uint)superblock.Incompat & ~KnownIncompat;
        var readOnly = (RoCompatFeatures)(uint)superblock.RoCompat & ~KnownRoCompat;
        if (((uint)compat | (uint)incompat | (uint)readOnly) != 0)
        {
            string names = string.Join(", ", new[] { FeatureNames.Of(compat), FeatureNames.Of(incompat), FeatureNames.Of(readOnly) }
                .Where(name => name.Length != 0));
            _ = reporter.Raise(SuperblockProblems.UnknownFeature, new Place { Name = names });
            throw new CheckStopped(StopReason.NotCheckable);
        }
    }

    private void CheckSize(Geometry geometry)
    {
        long blocks = store.DeviceBytes / geometry.BlockBytes;
        if (geometry.BlockCount > blocks)
        {
            _ = reporter.Raise(SuperblockProblems.DeviceTooSmall, new Place { Expected = geometry.BlockCount, Found = blocks });
            throw new CheckStopped(StopReason.NotCheckable);
        }
    }

    private void CheckFields(CheckedVolume volume)
    {
        ref Superblock superblock = ref volume.Superblock;
        if (superblock.Revision != 0 && ((ReadOnlySpan<byte>)superblock.Uuid).IndexOfAnyExcept((byte)0) < 0
            && Ask(SuperblockProblems.NoUuid))
        {
            _ = Guid.NewGuid().TryWriteBytes(superblock.Uuid);
            volume.AreBackupsStale = true;
        }
        if (superblock.DescriptorSize != 0 && superblock.DescriptorSize != GroupDescriptor.Bytes && superblock.Revision != 0
            && reporter.Raise(SuperblockProblems.DescriptorSize, new Place { Found = superblock.DescriptorSize }))
        {
            superblock.DescriptorSize = 0;
            volume.IsHeaderChanged = true;
        }
        if (superblock.ClustersPerGroup != superblock.BlocksPerGroup && reporter.Raise(
            SuperblockProblems.ClustersPerGroup, new Place { Found = superblock.ClustersPerGroup, Expected = superblock.BlocksPerGroup }))
        {
            superblock.ClustersPerGroup = superblock.BlocksPerGroup;
            volume.IsHeaderChanged = true;
        }
        uint blocks = superblock.BlocksCount;
        if (superblock.ReservedBlocksCount > blocks / 2
            && reporter.Raise(SuperblockProblems.ReservedBlocks, new Place { Found = superblock.ReservedBlocksCount, Expected = blocks / 20 }))
        {
            superblock.ReservedBlocksCount = blocks / 20;
            volume.IsHeaderChanged = true;
        }
        if (superblock.MountTime > volume.Now + (long)ClockFudge && Ask(SuperblockProblems.MountedInFuture))
        {
            superblock.MountTime = volume.Now;
        }
        if (superblock.WriteTime > volume.Now + (long)ClockFudge && Ask(SuperblockProblems.WrittenInFuture))
        {
            superblock.WriteTime = volume.Now;
        }
        if (superblock.Revision != 0 && (superblock.JournalInode != 0 || superblock.JournalDevice != 0
            || ((ReadOnlySpan<byte>)superblock.JournalUuid).IndexOfAnyExcept((byte)0) >= 0) && Ask(SuperblockProblems.JournalHint))
        {
            superblock.JournalInode = 0;
            superblock.JournalDevice = 0;
            ((Span<byte>)superblock.JournalUuid).Clear();
        }
        if (!volume.Has(CompatFeatures.ResizeInode) && superblock.Revision != 0 && superblock.ReservedGdtBlocks != 0
            && reporter.Raise(SuperblockProblems.ReservedDescriptors, new Place { Found = superblock.ReservedGdtBlocks }))
        {
            // The measures count those blocks as taken; with the new count everything is measured anew.
            superblock.ReservedGdtBlocks = 0;
            volume.IsHeaderChanged = true;
            new VolumeEnding(volume).WriteHeader();
            throw new CheckStopped(StopReason.Again);
        }

        bool Ask(Problem problem)
        {
            bool repair = reporter.Raise(problem);
            volume.IsHeaderChanged |= repair;
            return repair;
        }
    }
}
