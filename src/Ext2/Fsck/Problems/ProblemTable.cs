namespace Ext2Union.Ext2.Fsck;

/// <summary>Every problem the checker knows, in the order of the passes.</summary>
public static class ProblemTable
{
    /// <summary>All rows.</summary>
    public static IReadOnlyList<Problem> All { get; } =
    [
        .. SuperblockProblems.All, .. InodeProblems.All, .. DirectoryProblems.All, .. AccountingProblems.All, .. UnionProblems.All, .. CopyProblems.All,
        .. LayerProblems.All,
    ];
}
