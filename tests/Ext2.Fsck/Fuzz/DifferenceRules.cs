namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>The differences from e2fsck that are right, each with its reason. What is not listed is a failure.</summary>
internal static class DifferenceRules
{
    private static readonly DifferenceRule[] All =
    [
        new(
            "Features that are not ext2's are named and left alone; e2fsck may take them for its own, or for damage.",
            (fuzz, failure) => failure.Kind.Contains("ave up SB004", StringComparison.Ordinal)
                || (fuzz.Looked is { GaveUp: true } && fuzz.Looked.Codes.Contains("SB004", StringComparison.Ordinal))),
    ];

    public static bool Excuses(FuzzCase fuzz, FuzzFailure failure) => All.Any(rule => rule.Matches(fuzz, failure));
}
