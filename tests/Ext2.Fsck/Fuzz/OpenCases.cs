namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Cases of the default run whose fault is known and not yet mended. Whoever mends one takes it out; the list is to be empty.</summary>
internal static class OpenCases
{
    public static HashSet<int> Seeds { get; } =
    [
        2, 7, 20, 22, 27, 37, 62, 68, 78, 81, 91, 92, 94, 98, 101, 106, 112, 119, 123, 125,
        129, 137, 139, 141, 145, 170, 193, 195, 196, 207, 221, 230, 232, 234, 241, 253, 259, 262, 268, 276,
        282, 296, 307, 312, 313, 314, 320, 339, 350, 364, 368, 371, 378, 381, 382, 388, 395, 405, 412, 420,
        424, 429, 432, 433, 438, 451, 468, 470, 472, 475, 477, 486, 488, 490, 493, 498,
    ];
}
