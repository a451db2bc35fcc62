using static Ext2Union.Ext2.Fsck.PreenAction;

namespace Ext2Union.Ext2.Fsck;

/// <summary>The marks of a union: whiteouts, fallthrus, opaque directories. Marks are kept unless a row here says otherwise.</summary>
internal static class UnionProblems
{
    public static readonly Problem WhiteoutFeature = new("U001", "The volume has marks or copies of a union, but lacks the feature whiteout.",
        "Set it", Repair, "The feature bit is set in the superblock and all backups.");
    public static readonly Problem FallthruFeature = new("U002", "The volume has fallthrus, but lacks the feature fallthru.", "Set it", Repair,
        "The feature bit is set in the superblock and all backups.");
    public static readonly Problem NoMarks = new("U003", "The volume has union features, but no mark.", "", Repair,
        "Nothing: the next mark needs the feature again.");
    public static readonly Problem MarkToEntry = new("U004", "The mark '{name}' in directory {directory} has inode {inode}, which is sound.",
        "Make it an entry", Repair, "The file type is set: a write that was torn in the middle looks like this.");
    public static readonly Problem MarkNumber = new("U005", "The mark '{name}' in directory {directory} has inode {inode}, which is not in use.",
        "Clear the number", Repair, "The inode number is cleared; the mark stays.");
    public static readonly Problem MarkDoubles = new("U006", "The mark '{name}' in directory {directory} has the name of an entry.",
        "Remove the mark", Repair, "The mark is removed, the entry stays.");
    public static readonly Problem MarkTwice = new("U007", "The mark '{name}' in directory {directory} is there twice.", "Remove the second",
        Repair, "The second mark is removed.");
    public static readonly Problem MarkDot = new("U008", "A mark in directory {directory} is called '{name}'.", "Remove it", Repair,
        "The mark is removed.");
    public static readonly Problem MarkBadName = new("U009", "The mark '{name}' in directory {directory} has characters that no name may have.",
        "Remove it", Stop, "The mark is removed.");
    public static readonly Problem UnknownType = new("U010", "A free record in directory {directory} has the unknown type {found}.",
        "Clear the type", Repair, "The type is cleared.");
    public static readonly Problem OpaqueFile = new("U011", "Inode {inode} is opaque or of origin none, but is no directory.", "Clear the flags",
        Repair, "The two flags are cleared.");

    public static readonly Problem[] All =
    [
        WhiteoutFeature, FallthruFeature, NoMarks, MarkToEntry, MarkNumber, MarkDoubles, MarkTwice, MarkDot, MarkBadName, UnknownType,
        OpaqueFile,
    ];
}
