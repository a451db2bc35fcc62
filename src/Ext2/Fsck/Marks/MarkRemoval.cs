using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Ext2.OnDisk.Xattrs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// -E clear_marks: makes plain ext2 of a top. Checks: nothing of the volume's own depends on a layer below. Relies on: directories that are sound and in the tree
/// (behind pass 3). Leaves: no mark; then, and durably behind it, no feature. A run that ends in between leaves features without marks, which is what mkfs makes.
/// </summary>
internal sealed class MarkRemoval
{
    private const RawInodeFlags Flags = RawInodeFlags.Opaque | RawInodeFlags.OriginNone;
    private readonly CheckedVolume volume;
    private readonly Reporter reporter;
    private readonly InodeFacts facts;
    private readonly AttributeStore attributes;
    private readonly CopyRecordCheck records;
    private readonly InodeRemoval removal;
    private readonly BlockTree tree;
    private readonly byte[] block;

    private MarkRemoval(CheckedVolume volume, Reporter reporter, InodeFacts facts)
    {
        this.volume = volume;
        this.reporter = reporter;
        this.facts = facts;
        attributes = new AttributeStore(volume, facts);
        records = new CopyRecordCheck(volume, reporter, facts, attributes);
        removal = new InodeRemoval(volume, facts, attributes);
        tree = new BlockTree(volume);
        block = new byte[volume.BlockBytes];
    }

    /// <summary>Says what would differ, asks, and removes. False: the marks cannot be removed.</summary>
    public static bool Run(CheckedVolume volume, Reporter reporter, InodeFacts facts, LostAndFound lostAndFound)
    {
        bool hasFeature = volume.Has(IncompatFeatures.Whiteout) || volume.Has(IncompatFeatures.Fallthru);
        var tally = new MarkTally(volume);
        if (!hasFeature && tally.Count == 0)
        {
            reporter.SayOfVolume("there are no marks to remove.");
            return true;
        }
        string? obstacle = reporter.Left != 0 ? "problems of the volume are left" : tally.Obstacle;
        if (obstacle is not null)
        {
            _ = reporter.Raise(LayerProblems.MarksStay, new Place { Name = obstacle });
            return false;
        }
        List<string> differences = [.. tally.Differences()];
        if (differences.Count != 0)
        {
            reporter.Say("What a union shows differently without the marks:");
            differences.ForEach(line => reporter.Say("  " + line));
        }
        if (reporter.Wish(LayerProblems.ClearMarks, new Place { Found = tally.Count }))
        {
            var pass = new MarkRemoval(volume, reporter, facts);
            if (!pass.DissolveIndex(lostAndFound))
            {
                return false;
            }
            pass.ClearAll();
            pass.ClearFeatures();
        }
        return true;
    }

    // A copy gets its name in lost+found before it loses the one in the index.
    private bool DissolveIndex(LostAndFound lostAndFound)
    {
        uint root = InodeNumber.Root.Value;
        var directories = new DirectoryInserter(volume, facts);
        var entries = new SecondParents(volume, reporter, facts);
        var reader = new CopyIndexReader(volume, facts);
        bool isIndex = directories.Find(root, CopyIndexName.Directory, out uint index, out EntryPlace place) == Vfs.SlotKind.Inode
            && facts.Directories.Has(index) && reader.MayBeIndex(index);
        foreach (CopyIndexEntry entry in isIndex ? reader.Read(index) : [])
        {
            if (facts.Inodes.FoundLinks(entry.Inode) < 2 && !lostAndFound.Connect(entry.Inode))
            {
                return false;
            }
            entries.Remove(entry.Place);
            SetLinks(entry.Inode, -1);
        }
        foreach (uint inode in facts.Copies.Inodes)
        {
            Complete(inode);
        }
        if (isIndex)
        {
            entries.Remove(place);
            removal.Free(index);
            SetLinks(root, -1);
        }
        facts.Statistics.IndexEntries = 0;
        return true;
    }

    // What stays of a record is the number that the copy has in unions; it needs no feature.
    private void Complete(uint inode)
    {
        if (!facts.Inodes.IsUsed(inode))
        {
            return;
        }
        _ = facts.Copies.TryGet(inode, out CopyNote note);
        byte[]? value = attributes.Read(new InodeView(volume.ReadInode(inode)), XattrName.Copy);
        if (CopyRecord.Read(value, out Vfs.CopySource source, out ReadOnlySpan<byte> path) != CopyRecordFault.None)
        {
            return;
        }
        facts.Statistics.IncompleteFiles -= source.IsIncomplete ? 1 : 0;
        source.IsIndexed = false;
        source.LowerNames = 0;
        source.Remainder = 0;
        _ = records.Write(inode, source, path, note);
    }

    private void SetLinks(uint inode, int change)
    {
        facts.Inodes.AddLink(inode, change);
        byte[] bytes = volume.ReadInode(inode);
        var view = new InodeView(bytes);
        view.Raw.LinksCount = (ushort)facts.Inodes.FoundLinks(inode);
        volume.WriteInode(inode, bytes);
        facts.Inodes.Set(inode, facts.Inodes.KindOf(inode), facts.Inodes.FoundLinks(inode));
    }

    private void ClearAll()
    {
        foreach (ref DirectoryFacts record in facts.Directories.All)
        {
            foreach (uint number in DirectoryBlockList.Read(volume, tree, record.Inode, record.BlockCount))
            {
                ClearBlock(number);
            }
            byte[] bytes = volume.ReadInode(record.Inode);
            var view = new InodeView(bytes);
            if ((view.Flags & Flags) != 0)
            {
                view.Flags &= ~Flags;
                volume.WriteInode(record.Inode, bytes);
                record.Opaque = false;
            }
        }
        facts.Statistics.Whiteouts = 0;
        facts.Statistics.Fallthrus = 0;
        facts.Statistics.OpaqueDirectories = 0;
    }

    private void ClearBlock(uint number)
    {
        if (number == 0)
        {
            return;
        }
        volume.Store.Read(number, block);
        if (DirectoryBlock.TryOpen(block, volume.HasFileType, out DirectoryBlock records) != DirectoryFault.None)
        {
            return;
        }
        bool isChanged = false;
        foreach (DirectoryRecord record in records)
        {
            if (record.IsMark)
            {
                UncheckedOverlay.RecordHeader(block, record.Offset).Type = DirectoryEntryType.Unknown;
                isChanged = true;
            }
        }
        if (isChanged)
        {
            volume.Store.Write(number, block);
        }
    }

    private void ClearFeatures()
    {
        volume.Store.Flush();
        volume.Superblock.Incompat = (uint)((IncompatFeatures)(uint)volume.Superblock.Incompat & ~(IncompatFeatures.Whiteout | IncompatFeatures.Fallthru));
        volume.IsHeaderChanged = true;
        volume.AreBackupsStale = true;
    }
}
