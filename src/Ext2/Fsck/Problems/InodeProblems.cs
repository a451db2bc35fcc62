using static Ext2Union.Ext2.Fsck.PreenAction;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Pass 1: inodes, their blocks and attributes.</summary>
internal static class InodeProblems
{
    public static readonly Problem RootNotDirectory = new("I001", "The root inode is not a directory.", "Clear it", Stop,
        "The inode is cleared; pass 3 makes a new root and finds the rest in lost+found.");
    public static readonly Problem RootDeleted = new("I002", "The root inode has a deletion time.", "Clear the time", Repair,
        "The deletion time is cleared.");
    public static readonly Problem ReservedNotClear = new("I003", "The reserved inode {inode} is in use, but nothing uses it.", "Clear it",
        Repair, "The inode is cleared.");
    public static readonly Problem DeletedWithoutTime = new("I004", "The deleted inode {inode} has no deletion time.", "Set it", Repair,
        "The deletion time is set to now.");
    public static readonly Problem InUseWithTime = new("I005", "Inode {inode} is in use, but has a deletion time.", "Clear the time", Repair,
        "The deletion time is cleared.");
    public static readonly Problem LooksLikeDirectory = new("I006", "Inode {inode} has mode {name}, but its content is a directory.",
        "Make it a directory", Stop, "The type in the mode is set to directory.");
    public static readonly Problem BadMode = new("I007", "Inode {inode} has mode {name}, which names no kind of file.", "Clear the inode", Stop,
        "The inode is cleared; the names that lead to it go in pass 2.");
    public static readonly Problem SpecialSize = new("I008", "The special inode {inode} has a size of {found} bytes.", "Set it to 0", Repair,
        "The size is set to 0.");
    public static readonly Problem SpecialFlags = new("I009", "Inode {inode} is no file or directory, but is immutable or append-only.",
        "Clear the flags", Leave, "The two flags are cleared.")
    {
        Weight = ExitWeight.Repaired,
    };
    public static readonly Problem SymlinkDamaged = new("I010", "The symbolic link {inode} is damaged.", "Clear the inode", Stop,
        "The inode is cleared.");
    public static readonly Problem Fragment = new("I011", "Inode {inode} has fragment fields, which nothing uses.", "Clear them", Stop,
        "The fields are set to 0.");
    public static readonly Problem HighHalves = new("I012", "Inode {inode} has upper halves of its size or block count, which ext2 has not.",
        "Clear them", Stop, "The fields are set to 0.");
    public static readonly Problem ExtraSize = new("I013", "Inode {inode} has an extra size of {found} bytes.", "Set it to {expected}", Repair,
        "The extra size is set to the volume's usual one; the times are kept, and what lies behind is cleared unless it is attributes.");
    public static readonly Problem InodeAttributes = new("I014", "The attributes inside inode {inode} are damaged ({name}).", "Keep what is sound",
        Repair, "Attributes that cannot be read are removed.");
    public static readonly Problem AttributeBlockNumber = new("I015", "Inode {inode} has an attribute block at {block}, which cannot be.",
        "Clear the number", Stop, "The inode loses its attribute block.");
    public static readonly Problem AttributeBlock = new("I016", "The attribute block {block} of inode {inode} is damaged ({name}).",
        "Keep what is sound", Stop, "Attributes that cannot be read are removed; without any the inode loses the block.");
    public static readonly Problem AttributeReferences = new("I017", "The attribute block {block} has reference count {found}, should be {expected}.",
        "Set it", RepairAfterCrash, "The count is set.");
    public static readonly Problem ForeignFlags = new("I018", "Inode {inode} has flags of features that the volume lacks ({name}).",
        "Clear the flags", Stop, "The flags are cleared; the block map is checked as one of ext2.");
    public static readonly Problem Extents = new("I019", "Inode {inode} is mapped by extents, which the volume lacks.", "Clear the inode", Stop,
        "The inode is cleared.");
    public static readonly Problem IllegalBlock = new("I020", "Inode {inode} has illegal block {block} at {index}.", "Clear the pointer", Stop,
        "The pointer is set to 0: the file has a hole there.");
    public static readonly Problem TooManyIllegal = new("I021", "Inode {inode} has too many illegal blocks.", "Clear the inode", Stop,
        "The inode is cleared.");
    public static readonly Problem IndirectTwice = new("I022", "Inode {inode} uses indirect block {block} twice.", "Clear the second", Stop,
        "The second pointer to the block is set to 0.");
    public static readonly Problem OverlapsMetadata = new("I023", "Block {block} of inode {inode} at {index} is a part of the volume itself.",
        "Clear the pointer", Stop, "The pointer is set to 0.");
    public static readonly Problem TooLong = new("I024", "Inode {inode} has a block at {index}, beyond what such an inode may hold.",
        "Clear the pointer", Stop, "The pointer is set to 0.");
    public static readonly Problem Size = new("I025", "Inode {inode} has size {found}, should be {expected}.", "Set it", Repair,
        "The size is set to what the blocks hold.");
    public static readonly Problem BlockCount = new("I026", "Inode {inode} has block count {found}, should be {expected}.", "Set it", Repair,
        "The count is set.");
    public static readonly Problem EmptyDirectory = new("I027", "The directory {inode} has no blocks.", "Clear the inode", Repair,
        "The inode is cleared.");
    public static readonly Problem IndexFlag = new("I028", "Inode {inode} has an index flag, but the volume has no directory indexes or it is no directory.",
        "Clear the flag", Repair, "The flag is cleared; the names are not touched.");
    public static readonly Problem LargeFile = new("I029", "The volume has large files, but lacks the feature large_file.", "Set it", Repair,
        "The feature bit is set.");
    public static readonly Problem BadBlocksPointer = new("I030", "The list of bad blocks has illegal block {block}.", "Clear the pointer", Stop,
        "The pointer is set to 0.");
    public static readonly Problem BadBlocksInode = new("I031", "The inode of bad blocks is not one.", "Clear it", Stop, "The inode is cleared.");
    public static readonly Problem LowDeletionTime = new("I032", "Inode {inode} has deletion time {found}, which is a link of a list of orphans.",
        "Repair it", RepairAfterCrash, "The time is set to now, or cleared when the inode has links.");
    public static readonly Problem SpecialBlocks = new("I033", "The special inode {inode} has block numbers, all beyond the volume.", "Clear them",
        Repair, "The numbers are cleared, but for the device number.");
    public static readonly Problem AttributeFeature = new("I034", "The volume has attribute blocks, but lacks the feature ext_attr.", "Set it",
        Repair, "The feature bit is set.");
    public static readonly Problem TimesBeyond = new("I035", "Inode {inode} has times behind the year 2310, which were meant to be before 1970.",
        "Repair them", Repair, "The epoch bits of those times are cleared.");
    public static readonly Problem UnusedExtents = new("I036", "The unused inode {inode} is mapped by extents, which the volume lacks.",
        "Clear its flags", Repair, "The flags are cleared.");
    public static readonly Problem HighAttributeBlock = new("I037", "Inode {inode} has an upper half of its attribute block's number, which ext2 has not.",
        "Clear it", Repair, "The field is set to 0.");
    public static readonly Problem IdleFlags = new("I038", "Inode {inode} has flags that mean nothing in this volume ({name}).", "Clear them", Repair,
        "The flags are cleared.")
    {
        Weight = ExitWeight.None,
    };
    public static readonly Problem InodeAttributesOverlap = new("I039", "The attributes inside inode {inode} are damaged ({name}).", "Keep what is sound",
        Stop, "Of two attributes that claim the same bytes the one whose hash is right is kept.");
    public static readonly Problem AttributeInBlock = new("I040", "An attribute in block {block} of inode {inode} is damaged ({name}).", "Keep what is sound",
        Repair, "The attribute is removed, unless it is a union's; without any the inode loses the block.");
    public static readonly Problem SharedBlocks = new("B001", "Inode {inode} shares {found} blocks with others.", "Give it copies", Stop,
        "Each shared block is copied to a free one, for all but the last owner.")
    {
        // B002 asks on.
        Weight = ExitWeight.Repaired,
    };
    public static readonly Problem SharedDelete = new("B002", "Inode {inode} still shares {found} blocks with others.", "Delete the file", Stop,
        "Asked when copies were refused or did not fit: the inode is cleared.");
    public static readonly Problem SharedTake = new("B003", "There is no room for copies of the {found} blocks that inode {inode} shares with others.", "Take them from it", Stop,
        "The rest stays: blocks of a file become holes, which read as zeros. Directories and symbolic links give up only what is no indirect block of theirs; B002 asks about others.");

    public static readonly Problem[] All =
    [
        RootNotDirectory, RootDeleted, ReservedNotClear, DeletedWithoutTime, InUseWithTime, LooksLikeDirectory, BadMode,
        SpecialSize, SpecialFlags, SymlinkDamaged, Fragment, HighHalves, ExtraSize, InodeAttributes, AttributeBlockNumber,
        AttributeBlock, AttributeReferences, ForeignFlags, Extents, IllegalBlock, TooManyIllegal, IndirectTwice, OverlapsMetadata, TooLong,
        Size, BlockCount, EmptyDirectory, IndexFlag, LargeFile, BadBlocksPointer, BadBlocksInode, LowDeletionTime, SpecialBlocks, AttributeFeature, TimesBeyond, UnusedExtents,
        HighAttributeBlock, IdleFlags, InodeAttributesOverlap, AttributeInBlock, SharedBlocks, SharedDelete, SharedTake,
    ];
}
