namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Checks: records of copies, the table of lowers, the index of copies. Relies on: the notes of pass 1, the links of pass 2, a root directory. Leaves: copies that
/// can be believed; the index under its name, with one entry for each indexed copy. A volume that never was a top is not looked at.
/// </summary>
internal static class CopyCheck
{
    public static void Run(CheckedVolume volume, Reporter reporter, InodeFacts facts)
    {
        var attributes = new AttributeStore(volume, facts);
        var records = new CopyRecordCheck(volume, reporter, facts, attributes);
        records.Run();
        new LowerTableCheck(reporter, facts, attributes).Run();
        if (!facts.Directories.Has(OnDisk.InodeNumber.Root.Value))
        {
            return;
        }
        var place = new CopyIndexPlace(volume, reporter, facts);
        var index = new CopyIndexCheck(volume, reporter, facts, attributes, records);
        index.CheckEntries(place.Find());
        index.CheckCopies(place);
        Count(facts);
    }

    private static void Count(InodeFacts facts)
    {
        foreach (uint inode in facts.Copies.Inodes)
        {
            _ = facts.Copies.TryGet(inode, out CopyNote note);
            facts.Statistics.IncompleteFiles += note.IsReadable && note.IsIncomplete ? 1 : 0;
        }
    }
}
