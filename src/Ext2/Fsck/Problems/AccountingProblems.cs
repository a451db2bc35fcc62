using static Ext2Union.Ext2.Fsck.PreenAction;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Pass 5: bitmaps and counts.</summary>
internal static class AccountingProblems
{
    public static readonly Problem BlockBitmap = new("A001", "Block bitmap differences: {name}", "Write the bitmap", Repair,
        "The bitmap of each group is written as the passes found it.");
    public static readonly Problem InodeBitmap = new("A002", "Inode bitmap differences: {name}", "Write the bitmap", Repair,
        "The bitmap of each group is written as the passes found it.");
    public static readonly Problem BlockPadding = new("A003", "Bits behind the end of the block bitmap of group {group} are clear.", "Set them",
        Repair, "The bits are set.");
    public static readonly Problem InodePadding = new("A004", "Bits behind the end of the inode bitmap of group {group} are clear.", "Set them",
        Repair, "The bits are set.");
    public static readonly Problem GroupFreeBlocks = new("A005", "Group {group} has a free block count of {found}, should be {expected}.",
        "Set it", Repair, "The count is set.");
    public static readonly Problem GroupFreeInodes = new("A006", "Group {group} has a free inode count of {found}, should be {expected}.",
        "Set it", Repair, "The count is set.");
    public static readonly Problem GroupDirectories = new("A007", "Group {group} has a directory count of {found}, should be {expected}.",
        "Set it", Repair, "The count is set.");
    public static readonly Problem FreeBlocks = new("A008", "The volume has a free block count of {found}, should be {expected}.", "Set it",
        Repair, "The count is set.")
    {
        Weight = ExitWeight.Repaired,
    };
    public static readonly Problem FreeInodes = new("A009", "The volume has a free inode count of {found}, should be {expected}.", "Set it",
        Repair, "The count is set.")
    {
        Weight = ExitWeight.Repaired,
    };

    public static readonly Problem[] All =
    [
        BlockBitmap, InodeBitmap, BlockPadding, InodePadding, GroupFreeBlocks, GroupFreeInodes, GroupDirectories, FreeBlocks, FreeInodes,
    ];
}
