namespace Ext2Union.Ext2.Fsck;

/// <summary>One row of the problem table.</summary>
/// <param name="Code">Stable name: two letters or one, three digits. Never reused for something else.</param>
/// <param name="Message">What is wrong. Fields in braces are filled from <see cref="Place"/>: {inode} {directory} {name} {block} {index} {group} {found}
/// {expected}.</param>
/// <param name="Question">The repair, as a question without its mark ("Clear the entry"); empty: it is only said, nothing is changed.</param>
/// <param name="Preen">What -p does.</param>
/// <param name="Repair">What happens on yes, for docs/FSCK.md.</param>
public sealed record Problem(string Code, string Message, string Question, PreenAction Preen, string Repair)
{
    /// <summary>Whether there is something to answer; otherwise the line is a remark and counts neither as corrected nor as left.</summary>
    public bool IsQuestion => Question.Length != 0;

    /// <summary>Nothing is wrong with a volume that has it, so a check that may write nothing does not mention it.</summary>
    public bool IsImprovement { get; init; }

    /// <summary>Found by a comparison with the layers below: where it is left the exit code says so, but the volume stays one that can be used.</summary>
    public bool IsDifference { get; init; }

    /// <summary>What the problem does to the exit code.</summary>
    public ExitWeight Weight { get; init; }
}
