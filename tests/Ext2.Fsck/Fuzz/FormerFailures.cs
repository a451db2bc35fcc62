namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Seeds of long runs that failed once, beyond the default range; every run tries them again.</summary>
internal static class FormerFailures
{
    public static IReadOnlyList<int> Seeds { get; } =
    [
        20181, 20654, 20667, 20683, 20942, 30047, 30220, 30285, 30337, 30390, 30630, 30787, 30796, 31077, 31111, 31589, 31662, 31880, 31955, 32040, 32281,
        32289, 32428, 32589,
    ];
}
