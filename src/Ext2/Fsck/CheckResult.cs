namespace Ext2Union.Ext2.Fsck;

/// <summary>How a check ended.</summary>
/// <param name="Exit">Status for fsck(8).</param>
/// <param name="Corrected">Problems repaired.</param>
/// <param name="Left">Problems that stay.</param>
/// <param name="Raised">Codes of the rows that were raised, remarks included, each once, in the order of the table.</param>
public sealed record CheckResult(ExitCode Exit, int Corrected, int Left, IReadOnlyList<string> Raised)
{
    /// <summary>The figures of the last lines; null where the check did not come that far.</summary>
    public VolumeFigures? Figures { get; init; }
}
