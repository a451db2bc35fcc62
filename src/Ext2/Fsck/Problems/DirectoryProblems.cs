using Ext2Union.Ext2.OnDisk.Directories;
using static Ext2Union.Ext2.Fsck.PreenAction;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Passes 2 to 4: names, connectivity, link counts.</summary>
internal static class DirectoryProblems
{
    public static readonly Problem Hole = new("D001", "Directory {directory} has no block at {index}.", "Close the hole", Stop,
        "The directory is written anew without holes.");
    public static readonly Problem Chain = new("D002", "Directory {directory}, block {index}: the records are damaged ({name}).", "Salvage it",
        Stop, "Records that can be read are kept, what lies between them becomes free room.");
    public static readonly Problem DotMissing = new("D003", "Directory {directory} does not begin with '.'.", "Write it", Stop,
        "The first record becomes '.'; a name that stood there is lost and its inode found by pass 4.");
    public static readonly Problem DotWrong = new("D004", "'.' of directory {directory} leads to {found}.", "Set it to {directory}", Stop,
        "The inode number is set.");
    public static readonly Problem DotTooLong = new("D005", "'.' of directory {directory} has a record of {found} bytes.", "Split it", Stop,
        "The record is cut to 12 bytes; what lies behind is kept when it is a sound chain, else it becomes free room.");
    public static readonly Problem DotDotMissing = new("D006", "The second name of directory {directory} is not '..'.", "Write it", Stop,
        "The second record becomes '..'; a name that stood there is lost and its inode found by pass 4.");
    public static readonly Problem BadInode = new("D007", "Entry '{name}' in directory {directory} leads to inode {inode}, which cannot be.",
        "Clear the entry", Stop, "The entry is removed.");
    public static readonly Problem Unused = new("D008", "Entry '{name}' in directory {directory} leads to the unused inode {inode}.",
        "Clear the entry", Repair, "The entry is removed.");
    public static readonly Problem SecondDot = new("D009", "Entry '{name}' in directory {directory} is a second one of that name.",
        "Clear the entry", Stop, "The entry is removed.");
    public static readonly Problem LinkToRoot = new("D010", "Entry '{name}' in directory {directory} leads to the root directory.",
        "Clear the entry", Stop, "The entry is removed.");
    public static readonly Problem BadName = new("D011", "Entry '{name}' in directory {directory} has characters that no name may have.",
        "Replace them", Stop, "Each is replaced by a full stop.");
    public static readonly Problem NoName = new("D012", "An entry in directory {directory} leads to inode {inode} and has no name.",
        "Clear the entry", Stop, "The entry is removed; the inode is found by pass 4.");
    public static readonly Problem WrongType = new("D013", "Entry '{name}' in directory {directory} has file type {found}, should be {expected}.",
        "Set it", RepairAfterCrash, "The file type is set.");
    public static readonly Problem TypeWithoutFeature = new("D014", "Entry '{name}' in directory {directory} has a file type, but the volume has none.",
        "Clear it", Repair, "The file type is cleared.");
    public static readonly Problem SecondParent = new("D015", "Entry '{name}' in directory {directory} is a second link to directory {inode}.",
        "Clear the entry", RepairAfterCrash, "The entry that '..' of the directory does not agree with is removed, else the one found later.");
    public static readonly Problem SameName = new("D016", "Entry '{name}' in directory {directory} is there twice, with two inodes.",
        "Rename the second", Stop, "The second entry gets a name that is not there: NAME~0.");
    public static readonly Problem Index = new("D017", "The index of directory {directory} is damaged ({name}).", "Index it anew", Repair,
        "The index is dropped and made anew in pass 3; names and marks are kept. Without room the directory stays without one.");
    public static readonly Problem DotNotEnded = new("D018", "'{name}' of directory {directory} is followed by other characters.", "Clear them",
        Stop, "The characters are set to 0.");
    public static readonly Problem Unfinished = new("D019", "Directory {directory} has an empty first block.", "Write '.' and '..'", RepairAfterCrash,
        "Both are written; what a mkdir that was cut off leaves.");
    public static readonly Problem SameEntry = new("D020", "Entry '{name}' in directory {directory} is there twice, with the same inode.",
        "Remove the second", RepairAfterCrash, "The second entry is removed; what a split of a directory block that was cut off leaves.");
    public static readonly Problem NoType = new("D021", "Entry '{name}' in directory {directory} has no file type.", "Set it", Repair,
        "The file type is set. Kernels do without, so -n does not mention it.")
    { IsImprovement = true, Weight = ExitWeight.None };
    public static readonly Problem IndexTree = new("D022", "The index of directory {directory} does not lead to its names ({name}).", "Index it anew",
        RepairAfterCrash, "The index is dropped and made anew in pass 3; names and marks are kept. A split that was cut off leaves such.");
    public static readonly Problem RootMissing = new("C001", "There is no root directory.", "Make one", Stop,
        "An empty root directory is made; everything else goes to lost+found.");
    public static readonly Problem LostFoundMissing = new("C002", "There is no /lost+found.", "Make it", Repair, "The directory is made.");
    public static readonly Problem LostFoundNotDirectory = new("C003", "/lost+found is not a directory (inode {inode}).", "Unlink it", Stop,
        "The name goes; the inode is connected again under lost+found.");
    public static readonly Problem Unconnected = new("C004", "Directory {inode} cannot be reached from the root ('..' leads to {found}).",
        "Connect it to /lost+found", RepairAfterCrash, "It becomes /lost+found/#INODE. On a volume with union features it gets an origin first: it merges with nothing below, or with the path that it is noted to be a copy of.");
    public static readonly Problem DotDotWrong = new("C005", "'..' of directory {inode} leads to {found}, should be {expected}.", "Set it",
        RepairAfterCrash, "The inode number is set.");
    public static readonly Problem CannotConnect = new("C006", "Inode {inode} could not be connected: {name}.", "", Stop,
        "Nothing is changed. Free some blocks and check again.");
    public static readonly Problem CannotRepair = new("C007", "Directory {directory} could not be repaired: {name}.", "", Stop,
        "Nothing is changed. Free some blocks and check again.");
    public static readonly Problem EmptyUnconnected = new("C008", "Directory {inode} holds nothing and has no name, and was made when the volume was last in use.",
        "Clear it", RepairAfterCrash, "The inode is freed: what a mkdir that was cut off leaves.");
    public static readonly Problem LostFoundNoRoom = new("C009", "There is no room to make /lost+found.", "Connect to the root directory instead", Stop,
        "What is found becomes /#INODE. Remove or move files and check again.");
    public static readonly Problem UnattachedEmpty = new("L001", "Inode {inode} is empty and has no name.", "Clear it", Repair,
        "The inode is freed.");
    public static readonly Problem Unattached = new("L002", "Inode {inode} has no name.", "Connect it to /lost+found", RepairAfterCrash,
        "It becomes /lost+found/#INODE.");
    public static readonly Problem LinkCount = new("L003", "Inode {inode} has link count {found}, should be {expected}.", "Set it", Repair,
        "The count is set.");
    public static readonly Problem LinkOverflow = new("L004", "The indexed directory {inode} has link count 1, which stands for too many to count, but could have {expected}.",
        "Set it", Repair, "The count is set. A kernel that knows the feature dir_nlink writes 1, so -n does not mention it.")
    { IsImprovement = true, Weight = ExitWeight.Repaired };

    /// <summary>The row for a file type that is not the one of the inode.</summary>
    public static Problem OfType(bool hasFileType, DirectoryEntryType found) =>
        !hasFileType ? TypeWithoutFeature : found == DirectoryEntryType.Unknown ? NoType : WrongType;

    public static readonly Problem[] All =
    [
        Hole, Chain, DotMissing, DotWrong, DotTooLong, DotDotMissing, BadInode, Unused, SecondDot, LinkToRoot, BadName, NoName, WrongType,
        TypeWithoutFeature, SecondParent, SameName, Index, DotNotEnded, Unfinished, SameEntry, NoType, IndexTree, RootMissing, LostFoundMissing, LostFoundNotDirectory, Unconnected, DotDotWrong,
        CannotConnect, CannotRepair, EmptyUnconnected, LostFoundNoRoom, UnattachedEmpty, Unattached, LinkCount, LinkOverflow,
    ];
}
