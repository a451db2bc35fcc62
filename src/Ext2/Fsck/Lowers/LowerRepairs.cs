using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>What is changed on a top when it does not agree with its lowers.</summary>
internal sealed class LowerRepairs
{
    private readonly CheckedVolume volume;
    private readonly Reporter reporter;
    private readonly InodeFacts facts;
    private readonly AttributeStore attributes;
    private readonly CopyRecordCheck records;
    private readonly InodeRemoval removal;
    private readonly DirectoryInserter directories;
    private readonly SecondParents entries;
    private readonly LostAndFound lostAndFound;
    private readonly byte[] block;

    public LowerRepairs(CheckedVolume volume, Reporter reporter, InodeFacts facts, LostAndFound lostAndFound)
    {
        this.lostAndFound = lostAndFound;
        this.volume = volume;
        this.reporter = reporter;
        this.facts = facts;
        attributes = new AttributeStore(volume, facts);
        records = new CopyRecordCheck(volume, reporter, facts, attributes);
        removal = new InodeRemoval(volume, facts, attributes);
        directories = new DirectoryInserter(volume, facts);
        entries = new SecondParents(volume, reporter, facts);
        block = new byte[volume.BlockBytes];
    }

    /// <summary>
    /// Holds the stored number of names below against those that were counted. A copy without any name gets one in lost+found, for what was written to it is nowhere else; one that
    /// was never written is freed. False: it has no name.
    /// </summary>
    public bool CheckNames(TopCopy copy)
    {
        _ = facts.Copies.TryGet(copy.Inode, out CopyNote note);
        bool isNamedHere = facts.Inodes.FoundLinks(copy.Inode) > (note.HasEntry ? 1 : 0);
        var place = new Place { Inode = copy.Inode, Found = copy.Record.LowerNames, Expected = copy.Names };
        if (copy.Names == 0 && !isNamedHere)
        {
            bool isUnwritten = IsUnwritten(copy, note);
            if (!reporter.Raise(isUnwritten ? LayerProblems.CopyUnwritten : LayerProblems.CopyForgotten, place))
            {
                return false;
            }
            // Else pass 4 would connect it once more.
            _ = facts.Copies.Nameless.Remove(copy.Inode);
            if (isUnwritten)
            {
                Free(copy, note);
                return false;
            }
            return Connect(copy, note);
        }
        if (copy.Names != copy.Record.LowerNames && reporter.Raise(LayerProblems.NamesBelow, place))
        {
            SetNames(copy, note);
        }
        return true;
    }

    /// <summary>Removes a mark.</summary>
    public void RemoveMark(EntryPlace place)
    {
        volume.Store.Read(place.Block, block);
        ref DirectoryRecordHeader header = ref UncheckedOverlay.RecordHeader(block, place.Offset);
        facts.Statistics.Whiteouts -= header.Type == DirectoryEntryType.Whiteout ? 1 : 0;
        facts.Statistics.Fallthrus -= header.Type == DirectoryEntryType.Fallthru ? 1 : 0;
        header.Type = DirectoryEntryType.Unknown;
        volume.Store.Write(place.Block, block);
    }

    /// <summary>Makes a moved directory one that has nothing below it. The flag comes first: without either it would merge with what has its new name.</summary>
    public void ForgetOrigin(uint directory)
    {
        byte[] bytes = volume.ReadInode(directory);
        var view = new InodeView(bytes);
        view.Flags |= RawInodeFlags.OriginNone;
        volume.WriteInode(directory, bytes);
        _ = attributes.Write(directory, XattrName.Origin, null);
    }

    // All of its data is the source's: no block, and neither cut nor grown since it was copied.
    private bool IsUnwritten(TopCopy copy, in CopyNote note)
    {
        var view = new InodeView(volume.ReadInode(copy.Inode));
        return copy.Kind == InodeKind.File && note is { IsReadable: true, IsIncomplete: true } && view.Size == copy.Record.Size && copy.Record.Remainder == view.Size
            && note.MissingBlocks == (view.Size + volume.BlockBytes - 1) / volume.BlockBytes && view.Raw.FileAcl == 0 && view.Raw.Blocks512 == 0;
    }

    private void SetNames(TopCopy copy, in CopyNote note)
    {
        CopySource record = copy.Record;
        record.LowerNames = copy.Names;
        _ = records.Write(copy.Inode, record, copy.Path, note);
    }

    // The name comes first: a run that ends behind it leaves counts that are wrong, and no copy without a name. The entry stays, as it does for a copy whose names are all here.
    private bool Connect(TopCopy copy, in CopyNote note)
    {
        if (!lostAndFound.Connect(copy.Inode))
        {
            return false;
        }
        volume.Store.Settle();
        SetNames(copy, note);
        byte[] bytes = volume.ReadInode(copy.Inode);
        var view = new InodeView(bytes);
        int links = facts.Inodes.FoundLinks(copy.Inode);
        view.Raw.LinksCount = (ushort)links;
        volume.WriteInode(copy.Inode, bytes);
        facts.Inodes.Set(copy.Inode, copy.Kind, links);
        return true;
    }

    // The entry goes first: a run that ends here leaves an inode that the next one frees.
    private void Free(TopCopy copy, in CopyNote note)
    {
        byte[] key = new byte[CopyIndexName.Bytes];
        CopyIndexName.Format(copy.Record.Layer, copy.Record.Inode, key);
        if (note.HasEntry && directories.Find(InodeNumber.Root.Value, CopyIndexName.Directory, out uint index, out _) == SlotKind.Inode
            && directories.Find(index, key, out uint found, out EntryPlace place) == SlotKind.Inode && found == copy.Inode)
        {
            entries.Remove(place);
            facts.Inodes.AddLink(copy.Inode, -1);
            facts.Statistics.IndexEntries--;
        }
        facts.Statistics.IncompleteFiles -= note.IsIncomplete ? 1 : 0;
        removal.Free(copy.Inode);
        facts.Copies.Remove(copy.Inode);
    }
}
