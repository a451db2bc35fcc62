using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Records of copies that pass 1 found damaged. What the rest of a record proves is kept. A record that proves nothing is dropped: of a file that lacks no block
/// it only costs the inode number; of one that does it turns data below into zeros, which nobody but a person may decide.
/// </summary>
internal sealed class CopyRecordCheck(CheckedVolume volume, Reporter reporter, InodeFacts facts, AttributeStore attributes)
{
    private readonly DirectoryInserter directories = new(volume, facts);

    public void Run()
    {
        foreach (uint inode in facts.Copies.Inodes)
        {
            _ = facts.Copies.TryGet(inode, out CopyNote note);
            if (note.Fault != CopyRecordFault.None && facts.Inodes.IsUsed(inode))
            {
                Check(inode, note);
            }
        }
    }

    /// <summary>Writes a record and notes it. False: it has no room.</summary>
    public bool Write(uint inode, in CopySource source, ReadOnlySpan<byte> path, in CopyNote note)
    {
        byte[] value = new byte[CopyRecord.BytesOf(source, path.Length)];
        _ = CopyRecord.Write(source, path, value);
        if (!attributes.Write(inode, XattrName.Copy, value))
        {
            _ = reporter.Raise(CopyProblems.NoRoom, new Place { Inode = inode });
            reporter.TakeBack();
            return false;
        }
        facts.Copies.Set(inode, CopyNotes.NoteOf(source, CopyRecordFault.None, note.MissingBlocks) with { HasEntry = note.HasEntry });
        return true;
    }

    private void Check(uint inode, CopyNote note)
    {
        var view = new InodeView(volume.ReadInode(inode));
        byte[] value = attributes.Read(view, XattrName.Copy) ?? [];
        CopyRecordFault fault = CopyRecord.Read(value, out CopySource source, out ReadOnlySpan<byte> path);
        if (fault != CopyRecordFault.None)
        {
            if (!CopyRecordSalvage.TryRead(value, note.MissingBlocks == 0, out source, out byte[] found))
            {
                Drop(inode, note);
                return;
            }
            path = found;
            if (fault == CopyRecordFault.LowerNames)
            {
                TakeFromIndex(inode, value, ref source);
            }
            if (!reporter.Raise(CopyProblems.CopyField, new Place { Inode = inode, Name = fault.ToString() }))
            {
                return;
            }
        }
        if (Fit(inode, view, ref source) && Write(inode, source, path, note) && fault != CopyRecordFault.None)
        {
            facts.Copies.MeetLayer(source.Layer);
        }
    }

    // A count of names below without the flag: where the index has the copy, the flag is what was lost.
    private void TakeFromIndex(uint inode, ReadOnlySpan<byte> value, ref CopySource source)
    {
        Span<byte> key = stackalloc byte[CopyIndexName.Bytes];
        CopyIndexName.Format(source.Layer, source.Inode, key);
        bool isIndexed = directories.Find(InodeNumber.Root.Value, CopyIndexName.Directory, out uint index, out _) == SlotKind.Inode
            && facts.Directories.Has(index) && directories.Find(index, key, out uint found, out _) == SlotKind.Inode && found == inode;
        if (isIndexed)
        {
            _ = CopyRecord.Read(value, out CopySource stored, out _);
            source.IsIndexed = true;
            source.LowerNames = stored.LowerNames;
        }
    }

    // Makes a sound record one that this inode can have. False: refused.
    private bool Fit(uint inode, InodeView view, ref CopySource source)
    {
        while (true)
        {
            CopyRecordFault fault = CopyRecord.FaultFor(source, view.Kind, view.Size);
            if (fault == CopyRecordFault.None)
            {
                return true;
            }
            bool isEnd = fault == CopyRecordFault.RemainderBeyondEnd;
            var place = new Place { Inode = inode, Found = source.Remainder, Expected = view.Size, Name = isEnd ? "" : NameOf(fault) };
            if (!reporter.Raise(isEnd ? CopyProblems.RemainderBeyondEnd : CopyProblems.CopyKind, place))
            {
                return false;
            }
            source.Remainder = isEnd ? view.Size : fault == CopyRecordFault.IncompleteKind ? 0 : source.Remainder;
            if (fault == CopyRecordFault.IndexedKind)
            {
                source.IsIndexed = false;
                source.LowerNames = 0;
            }
        }
    }

    private static string NameOf(CopyRecordFault fault) => fault == CopyRecordFault.IncompleteKind ? "incomplete" : "indexed";

    private void Drop(uint inode, in CopyNote note)
    {
        bool isWhole = note.MissingBlocks == 0;
        Problem problem = isWhole ? CopyProblems.CopyUnreadable : CopyProblems.CopyLost;
        var place = new Place { Inode = inode, Name = note.Fault.ToString(), Found = note.MissingBlocks << volume.Geometry.BlockBits };
        if (reporter.Raise(problem, place) && attributes.Write(inode, XattrName.Copy, null))
        {
            facts.Copies.Remove(inode);
        }
    }
}
