using static Ext2Union.Ext2.Fsck.PreenAction;

namespace Ext2Union.Ext2.Fsck;

/// <summary>What is asked only when the command line names it: the removal of all marks.</summary>
internal static class LayerProblems
{
    public static readonly Problem ClearMarks = new("U030", "All {found} marks of the volume are to go.", "Remove them, and the features with them", Stop,
        "Asked with -E clear_marks alone, behind a list of what a union would show differently. Whiteouts, fallthrus, flags of directories and the index of copies go; copies that only layers below name go to lost+found. Then the feature bits are cleared, backups included.");
    public static readonly Problem MarksStay = new("U031", "The marks cannot be removed: {name}.", "", Stop,
        "Nothing is removed, exit 8. What lies in a layer below would be lost: copy the files through a mounted union first, or repair what is left.");

    public static readonly Problem[] All = [ClearMarks, MarksStay];
}
