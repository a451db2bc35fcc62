using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>The entries of the index of copies against the records, both ways. Its entries are links like others: their count is pass 4's.</summary>
internal sealed class CopyIndexCheck(
    CheckedVolume volume, Reporter reporter, InodeFacts facts, AttributeStore attributes, CopyRecordCheck records)
{
    private readonly DirectoryInserter directories = new(volume, facts);
    private readonly SecondParents places = new(volume, reporter, facts);
    private readonly InodeRemoval removal = new(volume, facts, attributes);
    private readonly CopyIndexReader reader = new(volume, facts);
    private readonly Dictionary<(ushort Layer, ulong Source), CopyIndexEntry> entries = [];

    /// <summary>Every entry: a key, that of the record it leads to, and the only one of it.</summary>
    public void CheckEntries(uint index)
    {
        if (index == 0)
        {
            return;
        }
        foreach (CopyIndexEntry entry in reader.Read(index))
        {
            var place = new Place { Inode = entry.Inode, Name = Place.Show(entry.Name) };
            if (entry.Inode == 0)
            {
                RemoveMark(entry, place);
            }
            else if (!CopyIndexName.TryParse(entry.Name, out ushort layer, out ulong source) || facts.Inodes.KindOf(entry.Inode) is 0 or InodeKind.Directory)
            {
                RemoveEntry(CopyProblems.IndexStranger, index, entry, place);
            }
            else if (entries.ContainsKey((layer, source)) || !Agrees(layer, source, entry, place))
            {
                RemoveEntry(CopyProblems.EntryWrong, index, entry, place);
            }
            else
            {
                entries.Add((layer, source), entry);
            }
        }
        facts.Statistics.IndexEntries = entries.Count;
    }

    /// <summary>Every indexed copy: an entry, and a name here or below.</summary>
    public void CheckCopies(CopyIndexPlace index)
    {
        foreach (uint inode in facts.Copies.Inodes)
        {
            _ = facts.Copies.TryGet(inode, out CopyNote note);
            if (!note.IsReadable || !note.IsIndexed || !facts.Inodes.IsUsed(inode))
            {
                continue;
            }
            bool isNamed = note.LowerNames != 0 || facts.Inodes.FoundLinks(inode) > (note.HasEntry ? 1 : 0);
            if (isNamed)
            {
                CheckEntry(inode, note, index);
            }
            else if (facts.Inodes.StoredLinks(inode) <= 1)
            {
                Free(inode, note);
            }
            else
            {
                // Its links say that it had names, so these were lost with a directory.
                CheckEntry(inode, note, index);
                facts.Copies.Nameless.Add(inode);
            }
        }
    }

    private bool Agrees(ushort layer, ulong source, in CopyIndexEntry entry, in Place place)
    {
        CopyNote note = NoteOf(entry.Inode, out byte[]? value);
        if (!note.IsReadable || note.Layer != layer || note.Source != source || note.HasEntry)
        {
            return false;
        }
        if (!note.IsIndexed)
        {
            if (!reporter.Raise(CopyProblems.EntryFlag, place))
            {
                return true;
            }
            _ = CopyRecord.Read(value, out CopySource copy, out ReadOnlySpan<byte> path);
            copy.IsIndexed = true;
            // How many names show from below is not known. One too many frees a file late, one too few would free it early.
            copy.LowerNames = facts.Inodes.FoundLinks(entry.Inode) > 1 ? 0u : 1;
            if (!records.Write(entry.Inode, copy, path, note))
            {
                return true;
            }
            _ = facts.Copies.TryGet(entry.Inode, out note);
        }
        note.HasEntry = true;
        facts.Copies.Set(entry.Inode, note);
        return true;
    }

    // Of a complete copy pass 1 kept nothing, so its record is read here; an inode without one is like one whose record cannot be read.
    private CopyNote NoteOf(uint inode, out byte[]? value)
    {
        value = null;
        if (facts.Copies.TryGet(inode, out CopyNote note) && note.IsIndexed)
        {
            return note;
        }
        long missing = note.MissingBlocks;
        value = attributes.Read(new InodeView(volume.ReadInode(inode)), XattrName.Copy);
        CopySource source = default;
        CopyRecordFault fault = value is null ? CopyRecordFault.Length : CopyRecord.Read(value, out source, out _);
        return CopyNotes.NoteOf(source, fault, missing);
    }

    private void RemoveMark(in CopyIndexEntry entry, in Place place)
    {
        if (reporter.Raise(CopyProblems.IndexMark, place))
        {
            places.Remove(entry.Place);
            facts.Statistics.Whiteouts -= entry.Type == DirectoryEntryType.Whiteout ? 1 : 0;
            facts.Statistics.Fallthrus -= entry.Type == DirectoryEntryType.Fallthru ? 1 : 0;
        }
    }

    private void RemoveEntry(Problem problem, uint index, in CopyIndexEntry entry, in Place place)
    {
        if (!reporter.Raise(problem, place))
        {
            return;
        }
        places.Remove(entry.Place);
        facts.Inodes.AddLink(entry.Inode, -1);
        if (facts.Directories.Has(entry.Inode) && facts.Directories[entry.Inode].Parent == index)
        {
            facts.Directories[entry.Inode].Parent = 0;
        }
    }

    private void CheckEntry(uint inode, in CopyNote note, CopyIndexPlace index)
    {
        if (note.HasEntry)
        {
            return;
        }
        byte[] name = new byte[CopyIndexName.Bytes];
        CopyIndexName.Format(note.Layer, note.Source, name);
        var place = new Place { Inode = inode, Name = Place.Show(name) };
        if (entries.ContainsKey((note.Layer, note.Source)))
        {
            if (reporter.Raise(CopyProblems.EntryTaken, place))
            {
                ClearFlag(inode, note);
            }
            return;
        }
        if (!reporter.Raise(CopyProblems.EntryMissing, place))
        {
            return;
        }
        if (!index.Make() || !directories.Append(index.Inode, name, inode, facts.Inodes.KindOf(inode)))
        {
            _ = reporter.Raise(DirectoryProblems.CannotConnect, place with { Name = "there is no free block" });
            reporter.TakeBack();
            return;
        }
        facts.Inodes.AddLink(inode);
        facts.Copies.Set(inode, note with { HasEntry = true });
        entries.Add((note.Layer, note.Source), default);
        facts.Statistics.IndexEntries++;
    }

    private void ClearFlag(uint inode, in CopyNote note)
    {
        byte[]? value = attributes.Read(new InodeView(volume.ReadInode(inode)), XattrName.Copy);
        _ = CopyRecord.Read(value, out CopySource source, out ReadOnlySpan<byte> path);
        source.IsIndexed = false;
        source.LowerNames = 0;
        _ = records.Write(inode, source, path, note);
    }

    // The entry goes first: a run that ends here leaves an inode that this row finds again.
    private void Free(uint inode, in CopyNote note)
    {
        if (!reporter.Raise(CopyProblems.CopyUnused, new Place { Inode = inode }))
        {
            return;
        }
        if (note.HasEntry && entries.Remove((note.Layer, note.Source), out CopyIndexEntry entry))
        {
            places.Remove(entry.Place);
            facts.Inodes.AddLink(inode, -1);
            facts.Statistics.IndexEntries--;
        }
        removal.Free(inode);
        facts.Copies.Remove(inode);
    }
}
