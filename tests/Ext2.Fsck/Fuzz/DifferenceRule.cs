namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>A difference from e2fsck that is right.</summary>
/// <param name="Reason">Why; docs/FSCK.md says the same under "Where it differs from e2fsck".</param>
/// <param name="Matches">Whether a failure of a case is this difference.</param>
internal sealed record DifferenceRule(string Reason, Func<FuzzCase, FuzzFailure, bool> Matches);
