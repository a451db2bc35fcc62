using static Ext2Union.Ext2.Fsck.PreenAction;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// What a union keeps of its copies: records, the index, the table of lowers. A number may be lost for a repair; names and data may not, but where a person
/// says so.
/// </summary>
internal static class CopyProblems
{
    public static readonly Problem Feature = new("U012",
        "The volume has incomplete files, an index of copies or stored origins, but lacks the feature fallthru.", "Set it", Repair,
        "The feature bit is set in the superblock and all backups.");
    public static readonly Problem CopyField = new("U013", "The copy record of inode {inode} has a damaged field ({name}).", "Repair it", Repair,
        "What the rest of the record proves is written: version, flags, a count of names without the index, a path that a complete copy does not need.");
    public static readonly Problem CopyUnreadable = new("U014", "The copy record of inode {inode} cannot be read ({name}); the inode lacks no block.",
        "Drop it", Repair, "The record is removed. The copy gets another inode number in unions.");
    public static readonly Problem CopyLost = new("U015",
        "The copy record of inode {inode} cannot be read ({name}), and up to {found} bytes that the file lacks are those of a layer below.",
        "Make them zeros", Stop, "The record is removed: what the file lacks reads as zeros from then on. Save the file of the layer below first.");
    public static readonly Problem RemainderBeyondEnd = new("U016", "Inode {inode} takes {found} bytes from below, but has only {expected}.",
        "Shorten that", Repair, "The length is set to the size: a truncation was cut off.");
    public static readonly Problem CopyKind = new("U017", "The copy record of inode {inode} says {name}, which such an inode cannot be.",
        "Clear the flag", Repair, "The flag is cleared: only regular files are incomplete, and no directory is in the index of copies.");
    public static readonly Problem LayerUnknown = new("U018", "{expected} copies name layer {found}, which the table of lowers does not have.",
        "Reserve the number", Stop,
        "A row without identity is added, so that no other lower ever gets the number. What incomplete files of that layer lack stays unreadable, and is not made zeros.");
    public static readonly Problem LowerTable = new("U019", "The table of lowers is damaged ({name}).", "Keep what is sound", Stop,
        "Rows that cannot be are removed; of two with one number the first stays.");
    public static readonly Problem IndexNotDirectory = new("U020", "/.ext2u-index is not a directory (inode {inode}).", "Unlink it", Stop,
        "The name goes; the inode is connected again under lost+found, unless it has another name.");
    public static readonly Problem IndexLost = new("U021", "Directory {inode} holds the index of copies, but is not /.ext2u-index.", "Put it there", Repair,
        "It gets that name; one in lost+found goes.");
    public static readonly Problem IndexStranger = new("U022", "The index of copies holds '{name}' (inode {inode}), which no index has.", "Remove it", Stop,
        "The entry is removed; the inode is connected again under lost+found, unless it has another name or a record that says its key (U026).");
    public static readonly Problem IndexMark = new("U023", "The index of copies holds the mark '{name}'.", "Remove it", Repair, "The mark is removed.");
    public static readonly Problem EntryWrong = new("U024", "The index of copies has inode {inode} as '{name}', but its record does not agree.",
        "Remove the entry", Stop,
        "The entry is removed, and U026 enters the copy where its record says. Names of the source that were never brought to the top show the layer below again.");
    public static readonly Problem EntryFlag = new("U025", "The index of copies has inode {inode} as '{name}', but its record does not say that it is indexed.",
        "Set the flag", Repair, "The flag is set.");
    public static readonly Problem EntryMissing = new("U026", "The copy in inode {inode} is not in the index of copies.", "Enter it", Repair,
        "An entry is made, and the index where there is none: all names of the source lead to the copy again.");
    public static readonly Problem EntryTaken = new("U027", "The copy in inode {inode} is to be in the index of copies as '{name}', where another one is.",
        "Clear its flag", Repair, "The flag is cleared and the names below no longer counted: they lead to the other copy, as before.");
    public static readonly Problem CopyUnused = new("U028", "The copy in inode {inode} has no name, here or below.", "Free it", Repair,
        "Entry, inode and blocks are freed, as the removal of the last name would have done.");
    public static readonly Problem NoRoom = new("U029", "The attributes of inode {inode} could not be changed: there is no room.", "", Stop,
        "Nothing is changed. Free some blocks and check again.");

    public static readonly Problem[] All =
    [
        Feature, CopyField, CopyUnreadable, CopyLost, RemainderBeyondEnd, CopyKind, LayerUnknown, LowerTable, IndexNotDirectory, IndexLost, IndexStranger,
        IndexMark, EntryWrong, EntryFlag, EntryMissing, EntryTaken, CopyUnused, NoRoom,
    ];
}
