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
        new(
            "A block number of a file that was damaged so that it names another's block leads to a copy; what that block held when it was copied differs.",
            (_, failure) => failure.Kind.Contains("content (other bytes, theirs other)", StringComparison.Ordinal)),
        new(
            "Where a descriptor's inode table number is a little off, or the revision is, we find the inodes, and e2fsck reads other bytes as inodes.",
            (fuzz, failure) => fuzz.Repaired is { } run && run.Result.Raised.Any(code => code is "SB024" or "SB026") && failure.Kind.Contains("lost ", StringComparison.Ordinal)
                && !failure.Kind.Contains("lost whole", StringComparison.Ordinal) && !failure.Kind.Contains("lost name", StringComparison.Ordinal)),
        new(
            "Flags of features that the volume lacks, and that mean nothing without them, are cleared; e2fsck passes over them.",
            (fuzz, failure) => fuzz.Repaired is { } run && run.Result.Raised.Contains("I038") && failure.Kind.Contains("lost flags", StringComparison.Ordinal)),
    ];

    public static bool Excuses(FuzzCase fuzz, FuzzFailure failure) => All.Any(rule => rule.Matches(fuzz, failure));
}
