namespace Ext2Union.Ext2.Fsck;

/// <summary>One problem that was met, for who does not read lines.</summary>
/// <param name="Problem">The row of the table.</param>
/// <param name="Place">Where, with the figures that the row's message names.</param>
/// <param name="Text">The message, filled.</param>
/// <param name="Question">The question, filled; empty where there is none.</param>
/// <param name="Outcome">What became of it.</param>
public readonly record struct Finding(Problem Problem, Place Place, string Text, string Question, FindingOutcome Outcome);
