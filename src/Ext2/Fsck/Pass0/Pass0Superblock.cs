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
        RoCompatFeatures.SparseSuper | RoCompatFeatures.LargeFile;

    // e2fsck forgives clocks of other time zones as much.
    public const uint ClockFudge = 86400;
    // EXT2_MAX_DESC_SIZE.
    private const int LargestDescriptor = 1024;

    // ext2fs_open2 refuses more.
    private const int MostGroupBits = 31;

    // EXT2_OS_HURD.
    private const uint HurdCreator = 1;
    private bool fromBackup;

    /// <summary>Opens the volume: enough to say whether it is clean.</summary>
    public CheckedVolume Open()
    {
        var search = new SuperblockSearch(store, options, reporter);
        byte[] bytes = search.Find(out Geometry geometry, out fromBackup);
        bool hasDropped = DropJournalFlags(bytes);
        CheckFeatures(bytes);
        search.CheckRevision(bytes, ref geometry);
        search.CheckMetaGroups(bytes, ref geometry);
        search.CheckReserved(bytes, ref geometry);
        store.BlockBytes = geometry.BlockBytes;
        // Before anything is measured out by it: a damaged count must not cost memory.
        CheckSize(geometry);
        var volume = new CheckedVolume(store, geometry, bytes, options.Clock)
        {
            IsHeaderChanged = fromBackup || search.IsRepaired || hasDropped,
            AreBackupsStale = fromBackup || search.IsRepaired || hasDropped,
        };
        if (fromBackup)
        {
            volume.Superblock.BlockGroup = 0;
        }
        return volume;
    }

    /// <summary>Opens the volume with its descriptors, for a reader that checks nothing else.</summary>
    public CheckedVolume OpenForReading()
    {
        CheckedVolume volume = Open();
        new DescriptorCheck(volume, reporter).Run(fromBackup);
        return volume;
    }

    /// <summary>The checks that every volume has to pass, before it is believed that it is clean.</summary>
    public void CheckHeader(CheckedVolume volume)
    {
        new DescriptorCheck(volume, reporter).Run(fromBackup);
        CheckFields(volume);
    }

    /// <summary>The checks that a volume which says that it is clean is spared.</summary>
    public void Check(CheckedVolume volume)
    {
        new FirstInodeCheck(volume, reporter).Run();
        if (!volume.AreBackupsStale)
        {
            new BackupCheck(volume, reporter).Run();
        }
        new OrphanList(volume, reporter).Run();
        new ResizeInodeCheck(volume, reporter).Run();
    }

    // A bit that was flipped does not make a volume one of ext3: a journal has an inode or a device.
    private bool DropJournalFlags(byte[] bytes)
    {
        ref Superblock superblock = ref Overlay.Superblock(bytes);
        var compat = (CompatFeatures)(uint)superblock.Compat;
        bool hasJournal = (compat & CompatFeatures.HasJournal) != 0;
        if (superblock.Revision == 0 || superblock.JournalInode != 0 || superblock.JournalDevice != 0)
        {
            return false;
        }
        bool changed = hasJournal && DropFlag(FeatureNames.Of(CompatFeatures.HasJournal));
        if (changed)
        {
            superblock.Compat = (uint)(compat & ~CompatFeatures.HasJournal);
        }
        var incompat = (IncompatFeatures)(uint)superblock.Incompat;
        if ((incompat & IncompatFeatures.NeedsRecovery) != 0 && (changed || !hasJournal) && DropFlag(FeatureNames.Of(IncompatFeatures.NeedsRecovery)))
        {
            superblock.Incompat = (uint)(incompat & ~IncompatFeatures.NeedsRecovery);
            changed = true;
        }
        return changed;
    }

    // What is not to be repaired is looked at as if it were: nothing is written then.
    private bool DropFlag(string name) =>
        reporter.Raise(SuperblockProblems.JournalFlag, new Place { Name = name }) || reporter.Mode == CheckMode.No;

    private void CheckFeatures(byte[] bytes)
    {
        ref Superblock superblock = ref Overlay.Superblock(bytes);
        // Also those of a volume that says that it is of revision 0: it will be of revision 1.
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

    private void CheckExtraSizes(CheckedVolume volume)
    {
        ref Superblock superblock = ref volume.Superblock;
        if (volume.Geometry.InodeBytes > RawInode.Bytes)
        {
            CheckExtraSize(volume, ref superblock.MinimumExtraSize);
            CheckExtraSize(volume, ref superblock.WantedExtraSize);
        }
        if (superblock.LogGroupsPerFlex > MostGroupBits && superblock.Revision != 0 && reporter.Raise(
            SuperblockProblems.FlexibleGroups, new Place { Found = superblock.LogGroupsPerFlex }, StopReason.NotCheckable))
        {
            superblock.LogGroupsPerFlex = 0;
            volume.IsHeaderChanged = true;
        }
    }

    private void CheckExtraSize(CheckedVolume volume, ref Le16 field)
    {
        int size = field;
        bool isWrong = size != 0 && (size < 4 || size % 4 != 0 || size > volume.Geometry.InodeBytes - RawInode.Bytes);
        if (isWrong && reporter.Raise(SuperblockProblems.ExtraInodeSizes, new Place { Found = size, Expected = RawInodeExtra.Bytes }))
        {
            field = RawInodeExtra.Bytes;
            volume.IsHeaderChanged = true;
        }
    }

    private void CheckQuota(CheckedVolume volume, ref Le32 inode)
    {
        if (inode != 0 && volume.Superblock.Revision != 0 && reporter.Raise(SuperblockProblems.QuotaInode, new Place { Inode = inode }))
        {
            inode = 0;
            volume.IsHeaderChanged = true;
        }
    }

    private void CheckSize(Geometry geometry)
    {
        long blocks = store.DeviceBytes / geometry.BlockBytes;
        if (geometry.BlockCount > blocks)
        {
            _ = reporter.Raise(SuperblockProblems.DeviceTooSmall, new Place { Expected = geometry.BlockCount, Found = blocks });
            throw new CheckStopped(reporter.Mode is CheckMode.No or CheckMode.Preen ? StopReason.NeedsPerson : StopReason.NotCheckable);
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
        // Any size that some volume of ext4 could have is passed over: ext2 does not read the field.
        int size = superblock.DescriptorSize;
        if ((size > LargestDescriptor || (size & (size - 1)) != 0)
            && reporter.Raise(SuperblockProblems.DescriptorSize, new Place { Found = size }, StopReason.NotCheckable))
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
            && reporter.Raise(SuperblockProblems.ReservedBlocks, new Place { Found = superblock.ReservedBlocksCount, Expected = blocks / 20 },
                StopReason.NotCheckable))
        {
            superblock.ReservedBlocksCount = blocks / 20;
            volume.IsHeaderChanged = true;
        }
        CheckExtraSizes(volume);
        // As e2fsck: whoever does not check by time has no use for the clock.
        bool mindsTimes = options.Force || superblock.CheckInterval != 0;
        if (mindsTimes && superblock.MountTime > volume.Now + (long)ClockFudge && Ask(SuperblockProblems.MountedInFuture))
        {
            superblock.MountTime = volume.Now;
        }
        if (mindsTimes && superblock.WriteTime > volume.Now + (long)ClockFudge && Ask(SuperblockProblems.WrittenInFuture))
        {
            superblock.WriteTime = volume.Now;
        }
        bool isElsewhere = superblock.JournalDevice != 0 || ((ReadOnlySpan<byte>)superblock.JournalUuid).IndexOfAnyExcept((byte)0) >= 0;
        if ((superblock.JournalInode != 0 || isElsewhere)
            && Ask(superblock.JournalInode != 0 ? SuperblockProblems.JournalHint : SuperblockProblems.JournalElsewhere))
        {
            superblock.JournalInode = 0;
            superblock.JournalDevice = 0;
            ((Span<byte>)superblock.JournalUuid).Clear();
        }
        CheckQuota(volume, ref superblock.UserQuotaInode);
        CheckQuota(volume, ref superblock.GroupQuotaInode);
        CheckQuota(volume, ref superblock.ProjectQuotaInode);
        if (superblock.CreatorOs == HurdCreator && volume.HasFileType && Ask(SuperblockProblems.Hurd))
        {
            bool hasMarks = volume.Has(IncompatFeatures.Whiteout) || volume.Has(IncompatFeatures.Fallthru);
            superblock.CreatorOs = hasMarks ? 0 : superblock.CreatorOs;
            superblock.Incompat = hasMarks ? superblock.Incompat : (uint)((IncompatFeatures)(uint)superblock.Incompat & ~IncompatFeatures.FileType);
            volume.AreBackupsStale = true;
        }

        bool Ask(Problem problem)
        {
            bool repair = reporter.Raise(problem);
            volume.IsHeaderChanged |= repair;
            return repair;
        }
    }
}
