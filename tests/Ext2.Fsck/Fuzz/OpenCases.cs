namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Cases of the default run whose fault is known and not yet mended. Whoever mends one takes it out; the list is to be empty.</summary>
internal static class OpenCases
{
    public static HashSet<int> Seeds { get; } =
    [
        20, 27, 37, 62, 112, 123, 129, 137, 141, 170, 221, 234, 241, 268, 276, 296, 313, 314, 371, 381,
        388, 395, 420, 451, 468, 470, 488, 498,
    ];
}
