namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Seeds of long runs that failed once, beyond the default range; every run tries them again.</summary>
internal static class FormerFailures
{
    public static IReadOnlyList<int> Seeds { get; } =
    [
        20181, 20654, 20667, 20683, 20942, 30047, 30220, 30285, 30337, 30390, 30630, 30787, 30796, 31077, 31111, 31589, 31662, 31880, 31955, 32040, 32281,
        32289, 32428, 32589,
        768, 879, 1705, 7649, 7816, 2199, 2866, 3195, 3864, 20028, 20088, 20726, 25056, 25447, 26151, 26235, 26370, 28101, 28437, 28881, 29106, 29373, 29761, 30724, 32929, 33386, 33948, 34539, 34711, 35328,  40353, 42637,
    ];
}
