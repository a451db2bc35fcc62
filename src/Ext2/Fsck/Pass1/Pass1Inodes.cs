using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Checks: every inode by itself: mode, times, flags, size, block map, attributes; reference counts of shared attribute blocks.
/// Gathers: kind and stored links of each inode in use, the directories, all blocks in use, blocks with several owners.
/// Relies on: measures and places of pass 0. Leaves: no inode that points outside the volume; shared blocks to pass 1b.
/// </summary>
internal sealed class Pass1Inodes
{
    private const int ReadBytes = 1 << 20;
    private readonly CheckedVolume volume;
    private readonly Reporter reporter;
    private readonly InodeFacts facts;
    private readonly InodeCheck check;
    private readonly AttributeCheck attributes;
    private readonly SoundInodes sound;
    private readonly TablePart part;
    private readonly TableReadAhead ahead;

    private Pass1Inodes(CheckedVolume volume, Reporter reporter)
    {
        this.volume = volume;
        this.reporter = reporter;
        facts = new InodeFacts(volume);
        attributes = new AttributeCheck(volume, reporter, facts);
        check = new InodeCheck(volume, reporter, facts, attributes);
        sound = new SoundInodes(volume);
        ahead = new TableReadAhead(volume);
        part = new TablePart((int)Math.Min(ReadBytes, (long)volume.Geometry.InodesPerGroup * volume.Geometry.InodeBytes), volume.Geometry.InodeBytes);
    }

    public static InodeFacts Run(CheckedVolume volume, Reporter reporter)
    {
        var pass = new Pass1Inodes(volume, reporter);
        pass.facts.UseMetadata();
        for (uint group = 0; group < volume.Geometry.GroupCount; group++)
        {
            reporter.Progress(1, group, volume.Geometry.GroupCount);
            pass.ScanGroup(group);
        }
        pass.WritePostponed();
        pass.attributes.CheckReferences();
        pass.CheckFeatures();
        reporter.Progress(1, volume.Geometry.GroupCount, volume.Geometry.GroupCount);
        return pass.facts;
    }

    // Tables are read in long runs: seeks, not bytes, are what a check of a disk waits for.
    private void ScanGroup(uint group)
    {
        Geometry geometry = volume.Geometry;
        long left = (long)geometry.InodesPerGroup * geometry.InodeBytes;
        long offset = geometry.ByteOf(new BlockNumber(volume.Descriptor(group).InodeTable));
        uint inode = (group * geometry.InodesPerGroup) + 1;
        while (left > 0)
        {
            part.Begin(inode, (int)Math.Min(left, ReadBytes));
            Span<byte> bytes = part.Bytes;
            ahead.Reach(group, ((long)geometry.InodesPerGroup * geometry.InodeBytes) - left);
            volume.Store.ReadBytes(offset, bytes);
            // Otherwise never used: most of a large, young volume.
            if (inode < volume.FirstInode || bytes.IndexOfAnyExcept((byte)0) >= 0)
            {
                sound.Look(part);
                CheckPart();
            }
            inode += (uint)part.Count;
            offset += bytes.Length;
            left -= bytes.Length;
        }
    }

    private void CheckPart()
    {
        int index = 0;
        int run = 0;
        foreach ((int suspect, int runs) in part.Suspects)
        {
            Learn(index, suspect, run, runs);
            CheckInode(part.FirstInode + (uint)suspect, part.BytesOf(suspect));
            (index, run) = (suspect + 1, runs);
        }
        Learn(index, part.Count, run, part.Runs.Count);
        VolumeStatistics statistics = facts.Statistics;
        statistics.Add(InodeKind.File, part.Files);
        statistics.Add(InodeKind.Symlink, part.FastSymlinks);
        statistics.FastSymlinks += part.FastSymlinks;
        statistics.FragmentedFiles += part.FragmentedFiles;
        for (int level = 0; level < part.WithIndirect.Length; level++)
        {
            statistics.WithIndirect[level] += part.WithIndirect[level];
        }
    }

    // Sound inodes between two suspects.
    private void Learn(int index, int end, int run, int runEnd)
    {
        facts.Inodes.SetAll(part.FirstInode + (uint)index, part.Kinds(index, end), part.Links(index, end));
        for (; run < runEnd; run++)
        {
            facts.Use(part.Runs[run]);
        }
    }

    private void CheckInode(uint inode, Span<byte> bytes)
    {
        var view = new InodeView(bytes);
        ref RawInode raw = ref view.Raw;
        if (inode < volume.FirstInode && inode != InodeNumber.Root.Value)
        {
            facts.Inodes.Set(inode, InodeKind.File, raw.LinksCount);
            // A reserved inode is in use whatever it holds, and nothing is named after it.
            facts.Inodes.AddLink(inode, raw.LinksCount);
            check.CheckReserved(inode, view);
            CheckLowTime(inode, view);
            return;
        }
        if (raw.Mode == 0 && raw.LinksCount == 0 && raw.DeletionTime == 0)
        {
            return;
        }
        if (inode != InodeNumber.Root.Value)
        {
            CheckLowTime(inode, view);
        }
        if (raw.LinksCount == 0)
        {
            CheckUnusedFlags(inode, view);
            if (raw.DeletionTime == 0 && raw.Mode != 0 && reporter.Raise(InodeProblems.DeletedWithoutTime, new Place { Inode = inode }))
            {
                raw.DeletionTime = volume.Now;
                volume.WriteInode(inode, bytes);
            }
            return;
        }
        check.CheckOrdinary(inode, view);
    }

    // A time in the first seconds of 1970 is the number of an inode: what a list of orphans leaves when it is cut.
    private void CheckLowTime(uint inode, InodeView view)
    {
        uint time = view.Raw.DeletionTime;
        if (time != 0 && time < volume.Geometry.InodeCount
            && reporter.Raise(InodeProblems.LowDeletionTime, new Place { Inode = inode, Found = time }))
        {
            view.Raw.DeletionTime = view.Raw.LinksCount == 0 ? volume.Now : 0;
            volume.WriteInode(inode, view.Bytes);
        }
    }

    // Nothing uses it, but e2fsck judges a block of the table by the maps of all inodes in it.
    private void CheckUnusedFlags(uint inode, InodeView view)
    {
        if ((view.Flags & RawInodeFlags.Extents) != 0 && reporter.Raise(InodeProblems.UnusedExtents, new Place { Inode = inode }))
        {
            view.Raw.Flags = 0;
            volume.WriteInode(inode, view.Bytes);
        }
    }

    private void WritePostponed()
    {
        foreach (PostponedBlock repaired in facts.Postponed)
        {
            if (facts.SharedBlocks is not null && facts.SharedBlocks[repaired.Block])
            {
                _ = facts.Unrepaired.Add(repaired.Block);
            }
            else
            {
                volume.Store.Write(repaired.Block, repaired.Content);
            }
        }
        facts.Postponed.Clear();
        foreach (PostponedBlock repaired in facts.PostponedBadBlocks.Where(repaired => facts.SharedBlocks?[repaired.Block] != true))
        {
            volume.Store.Write(repaired.Block, repaired.Content);
        }
        _ = facts.PostponedBadBlocks.RemoveAll(repaired => facts.SharedBlocks?[repaired.Block] != true);
    }

    private void CheckFeatures()
    {
        if (attributes.HasBlocks && !volume.Has(CompatFeatures.ExtendedAttributes) && volume.Superblock.Revision != 0
            && reporter.Raise(InodeProblems.AttributeFeature))
        {
            volume.Superblock.Compat = (uint)((CompatFeatures)(uint)volume.Superblock.Compat | CompatFeatures.ExtendedAttributes);
            volume.IsHeaderChanged = true;
        }
        if (facts.HasLargeFile && !volume.Has(RoCompatFeatures.LargeFile) && reporter.Raise(InodeProblems.LargeFile))
        {
            if (volume.Superblock.Revision == 0)
            {
                // Only a volume of revision 1 has features. What revision 0 takes for granted is said now.
                volume.Superblock.Revision = 1;
                volume.Superblock.FirstInode = InodeNumber.FirstOfRevisionZero.Value;
                volume.Superblock.InodeSize = RawInode.Bytes;
            }
            volume.Superblock.RoCompat = (uint)((RoCompatFeatures)(uint)volume.Superblock.RoCompat | RoCompatFeatures.LargeFile);
            volume.IsHeaderChanged = true;
            volume.AreBackupsStale = true;
        }
    }
}
