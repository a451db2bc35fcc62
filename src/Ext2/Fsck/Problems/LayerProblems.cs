using static Ext2Union.Ext2.Fsck.PreenAction;

namespace Ext2Union.Ext2.Fsck;

/// <summary>What is said and asked only where the command line wants it: the removal of all marks, and the comparison of a top with its lowers.</summary>
internal static class LayerProblems
{
    public static readonly Problem ClearMarks = new("U030", "All {found} marks of the volume are to go.", "Remove them, and the features with them", Stop,
        "Asked with -E clear_marks alone, behind a list of what a union would show differently. Whiteouts, fallthrus, flags of directories and the index of copies go; copies that only layers below name go to lost+found. Then the feature bits are cleared, backups included.");
    public static readonly Problem MarksStay = new("U031", "The marks cannot be removed: {name}.", "", Stop,
        "Nothing is removed, exit 8. What lies in a layer below would be lost: copy the files through a mounted union first, or repair what is left.");

    public static readonly Problem OtherLower = Difference("U032", "The top was made over {name}, which is not among the lowers given.", "", Leave,
        "Nothing is compared. Give --lower all layers of the last mount.");
    public static readonly Problem SourceGone = Difference("U033", "Inode {inode} lacks up to {found} bytes that cannot be had from below: {name}.", "", Leave,
        "Nothing: reading them answers EIO in a union. Bring the file of the layer below back as it was, or write, cut or punch what is missing.");
    public static readonly Problem OriginGone = Difference("U034", "The origin of directory {directory} is gone: {name}, where no layer has a directory.",
        "Forget that", Leave, "The directory becomes one with nothing below it, which is what it shows now.");
    public static readonly Problem NamesBelow = Difference("U035", "The copy in inode {inode} is said to have {found} names below, but {expected} are there.",
        "Set the count", Repair, "The count is set. It is too high behind a kill, and where names of the source lie outside the lower.");
    public static readonly Problem CopyForgotten = Difference("U036", "The copy in inode {inode} has no name here, and none below, where {found} are counted.",
        "Connect it to lost+found", Leave, "It gets a name there, its entry stays: what was written to it through the union is nowhere else.");
    public static readonly Problem IdleWhiteout = Difference("U037", "The whiteout {name} hides nothing.", "Remove it", Leave, "The mark is removed.");
    public static readonly Problem DeadFallthru = Difference("U038", "The fallthru {name} leads to nothing.", "Remove it", Leave, "The mark is removed.");

    public static readonly Problem CopyUnwritten = Difference("U039", "The copy in inode {inode} has no name here, and none below, where {found} are counted; all its data is below.",
        "Free it", Leave, "Entry and inode are freed: nothing leads to the copy, and nothing was ever written to it.");

    public static readonly Problem[] All =
        [ClearMarks, MarksStay, OtherLower, SourceGone, OriginGone, NamesBelow, CopyForgotten, IdleWhiteout, DeadFallthru, CopyUnwritten];

    private static Problem Difference(string code, string message, string question, PreenAction preen, string repair) =>
        new(code, message, question, preen, repair) { IsDifference = true };
}
