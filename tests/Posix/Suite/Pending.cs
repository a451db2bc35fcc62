namespace Ext2Union.Posix.Tests.Suite;

/// <summary>What the unions do not do yet. Each is asked as soon as it is switched on here; what is not asked is printed.</summary>
internal static class Pending
{
    /// <summary>Inode numbers of a union are the same after a remount.</summary>
    public static bool NumbersOverRemount { get; } = IsOn("NUMBERS");

    /// <summary>Hard links of lower files are counted and kept.</summary>
    public static bool LinksOfLowers { get; } = IsOn("LINKS");

    private static bool IsOn(string name) => Environment.GetEnvironmentVariable("EXT2U_POSIX_" + name) is { Length: > 0 };
}
