using static Ext2Union.Ext2.Fsck.PreenAction;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Pass 0: superblock, group descriptors, orphan list, resize inode.</summary>
internal static class SuperblockProblems
{
    public static readonly Problem Damaged = new("SB001", "The superblock is damaged ({name}); the backup at block {block} is sound.",
        "Use the backup", Stop, "The backup is taken and written over the primary superblock when the check ends. -p exits with 8, or with 4 where fields contradict each other.");
    public static readonly Problem NoneSound = new("SB002",
        "No sound superblock was found ({name}). If this is ext2, say with -b and -B where a backup lies; mkfs.ext2u -n tells where.", "", Stop,
        "Nothing is changed, exit 8. Try -b BLOCK -B BYTES; `mkfs.ext2u -n` with the volume's options lists where backups lie.");
    public static readonly Problem DeviceTooSmall = new("SB003",
        "The volume has {expected} blocks by its superblock, but the device has only {found}: the superblock or the partition table is wrong. "
            + "Give the device its full length, then check again.",
        "", Stop, "Nothing is changed, exit 8 (4 on -n and -p). Give the device its full length back (`truncate -s`), then check again.");
    public static readonly Problem UnknownFeature = new("SB004", "The volume has features that ext2 has not: {name}. Check it with e2fsck.", "", Stop,
        "Nothing is changed, exit 8. Volumes of ext3 and ext4 are e2fsck's.");
    public static readonly Problem MountedInFuture = new("SB005", "The time of the last mount lies in the future.", "Set it to now", Repair,
        "The time is set to now.")
    {
        Weight = ExitWeight.None,
    };
    public static readonly Problem WrittenInFuture = new("SB006", "The time of the last write lies in the future.", "Set it to now", Repair,
        "The time is set to now.")
    {
        Weight = ExitWeight.None,
    };
    public static readonly Problem NoUuid = new("SB007", "The volume has no UUID.", "Make one", Repair, "A random UUID is stored.");
    public static readonly Problem JournalHint = new("SB008", "The superblock names a journal, but the volume has none.", "Clear it", Repair,
        "Journal inode, device and UUID are cleared.");
    public static readonly Problem ReservedDescriptors = new("SB009",
        "The superblock reserves {found} blocks for descriptors, but the volume cannot be resized.", "Clear it", Stop, "The count is set to 0.")
    {
        Weight = ExitWeight.Repaired,
    };
    public static readonly Problem BackupDescriptors = new("SB010", "The group descriptors are damaged; those at block {block} are sound.",
        "Use them", Stop, "All descriptors are taken from the backup; pass 5 counts anew.");
    public static readonly Problem BlockBitmapPlace = new("SB011", "The block bitmap of group {group} cannot be at block {block}.",
        "Place it anew", Stop, "It is put where mke2fs would have put it, or on a free block of the group, and pass 5 fills it.");
    public static readonly Problem InodeBitmapPlace = new("SB012", "The inode bitmap of group {group} cannot be at block {block}.",
        "Place it anew", Stop, "It is put where mke2fs would have put it, or on a free block of the group, and pass 5 fills it.");
    public static readonly Problem InodeTablePlace = new("SB013", "The inode table of group {group} cannot be at block {block}.",
        "Place it anew", Stop, "It is put where mke2fs would have put it; what lies there is read as the table.");
    public static readonly Problem OrphanFreed = new("SB014", "Inode {inode} was deleted while open (mode {name}, {found} bytes).",
        "Free it", Repair, "The inode and its blocks are freed, as the unmount would have done.")
    {
        Weight = ExitWeight.Repaired,
    };
    public static readonly Problem OrphanTruncated = new("SB015", "Inode {inode} was being truncated to {found} bytes.", "Finish it", Repair,
        "Blocks beyond the size are freed.")
    {
        Weight = ExitWeight.Repaired,
    };
    public static readonly Problem OrphanListDamaged = new("SB016", "The list of deleted, open inodes leads to {inode}, which cannot be in it.",
        "Clear the list", Repair, "The list is cleared; what it held is found by passes 1 and 4.")
    {
        Weight = ExitWeight.Repaired,
    };
    public static readonly Problem ResizeInode = new("SB017", "The resize inode is damaged.", "Write it anew", Stop,
        "The inode, its double indirect block and the lists in the reserved descriptor blocks are written anew.");
    public static readonly Problem ResizeInodeNotClear = new("SB018", "The volume cannot be resized, but inode 7 is not empty.", "Clear it",
        Stop, "The inode is cleared.")
    {
        Weight = ExitWeight.Repaired,
    };
    public static readonly Problem BackupDiffers = new("SB019", "The backup superblock at block {block} does not agree with the primary one.",
        "Write the backups", Repair, "All backups of superblock and descriptors are written.")
    {
        Weight = ExitWeight.None,
    };

    public static readonly Problem GroupFlags = new("SB020", "Group {group} is marked as not initialised, but the volume lacks that feature.",
        "Clear the mark", Repair, "The flags of the descriptor and its count of unused inodes are cleared.")
    {
        Weight = ExitWeight.None,
    };
    public static readonly Problem DescriptorSize = new("SB021", "The superblock has a descriptor size of {found}, which ext2 has not.",
        "Clear it", Stop, "The field is set to 0.");
    public static readonly Problem ReservedBlocks = new("SB022", "{found} blocks are reserved for the superuser, more than half of the volume.",
        "Reserve {expected}", Stop, "A twentieth of the volume is reserved.");
    public static readonly Problem MetaGroups = new("SB023", "The volume cannot have both resize_inode and meta_bg.", "Drop {name}", Stop,
        "meta_bg is dropped unless a backup has it too; then resize_inode is.");
    public static readonly Problem InodeTableElsewhere = new("SB024",
        "What lies at block {found} is no inode table of group {group}; one lies at {block}.", "Take that", Stop,
        "The descriptor is set to the place that a backup or the layout of mke2fs names.");
    public static readonly Problem ClustersPerGroup = new("SB025", "The superblock has {found} clusters a group, should be {expected}.", "Set it",
        Repair, "The field is set to the blocks of a group.");
    public static readonly Problem RevisionZero = new("SB026", "The volume has features, but says that it is of revision 0.", "Make it revision 1",
        Repair, "The revision is set to 1.")
    {
        Weight = ExitWeight.Repaired,
    };
    public static readonly Problem InodeCounts = new("SB027", "The superblock has {found} inodes a group, which does not fit its count of inodes.",
        "Take {expected}", Stop, "Asked when there is no backup: of the counts of a group and of the volume the one that the inode bitmap was made for is kept, and sets the other.");
    public static readonly Problem JournalFlag = new("SB028", "The superblock has the feature {name}, but the volume has no journal.", "Clear it",
        Repair, "The feature bit is cleared.");
    public static readonly Problem JournalElsewhere = new("SB029", "The superblock names a journal on another device, but the volume has none.",
        "Clear it", Repair, "Device and UUID of the journal are cleared.")
    {
        Weight = ExitWeight.None,
    };
    public static readonly Problem Hurd = new("SB030", "The volume was made for the Hurd, which has no file types in directories.", "Repair it", Stop,
        "The feature filetype is dropped, and pass 2 clears the types. Marks of a union need it: on a volume with them the maker becomes Linux.")
    {
        Weight = ExitWeight.Repaired,
    };
    public static readonly Problem QuotaInode = new("SB031", "The superblock names inode {inode} as one of quotas, which the volume has not.", "Clear it",
        Stop, "The number is cleared.")
    {
        Weight = ExitWeight.Repaired,
    };
    public static readonly Problem ExtraInodeSizes = new("SB032", "The superblock asks for {found} bytes behind the first 128 of an inode, which cannot be.",
        "Ask for {expected}", Stop, "The field is set to the usual size.")
    {
        Weight = ExitWeight.Repaired,
    };
    public static readonly Problem FlexibleGroups = new("SB033", "The superblock has 2^{found} groups in one, which cannot be.", "Clear it", Stop,
        "The field, which ext2 does not use, is set to 0. Until then stock tools do not open the volume.");
    public static readonly Problem ResizeInodeLists = new("SB034", "The lists of the resize inode are damaged behind their first quarter.", "Write them anew",
        Repair, "The inode, its double indirect block and the lists in the reserved descriptor blocks are written anew. e2fsck does not look there.")
    {
        Weight = ExitWeight.None,
    };

    public static readonly Problem FirstInode = new("SB036", "The superblock says that inodes below {found} are reserved, but inode {inode} is a directory.",
        "Take {expected}", Stop, "The field is set to 11, the first inode that mke2fs gives to files: all below would else be cleared.");

    public static readonly Problem NoFileType = new("SB037", "The volume lacks the feature filetype, but its directories have types, and {name}.", "Set it", Repair,
        "The feature bit is set in the superblock and all backups. Without it pass 2 would clear the types, and with them the marks of a union.");

    public static readonly Problem ResizeInodeCount = new("SB039", "The lists of the resize inode name {found} blocks, should be {expected}.", "Write them anew", Repair,
        "The inode, its double indirect block and the lists in the reserved descriptor blocks are written anew.");

    public static readonly Problem ReservedCount = new("SB038",
        "The superblock reserves {found} blocks for descriptors, but the first group has room for {expected} before its bitmaps and table.", "Reserve {expected}", Stop,
        "Asked when there is no backup: the count is set. By its word bitmaps and table would be moved, and every file with them be lost.");

    public static readonly Problem[] All =
    [
        Damaged, NoneSound, DeviceTooSmall, UnknownFeature, MountedInFuture, WrittenInFuture, NoUuid, JournalHint, ReservedDescriptors,
        BackupDescriptors, BlockBitmapPlace, InodeBitmapPlace, InodeTablePlace, OrphanFreed, OrphanTruncated,
        OrphanListDamaged, ResizeInode, ResizeInodeNotClear, BackupDiffers, GroupFlags,
        DescriptorSize, ReservedBlocks, MetaGroups, InodeTableElsewhere, ClustersPerGroup, RevisionZero, InodeCounts,
        JournalFlag, JournalElsewhere, Hurd, QuotaInode, ExtraInodeSizes, FlexibleGroups, ResizeInodeLists, FirstInode, NoFileType,
        ReservedCount, ResizeInodeCount,
    ];
}
