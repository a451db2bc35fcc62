namespace Ext2Union.Posix.Tests.Suite;

/// <summary>What the current thread's behaviours run on.</summary>
internal static class Subject
{
    [ThreadStatic]
    private static Subjects kind;

    [ThreadStatic]
    private static Flavour flavour;

    public static void Set(Subjects newKind, Flavour newFlavour) => (kind, flavour) = (newKind, newFlavour);

    public static bool Is(Subjects kinds) => (kind & kinds) != 0;

    /// <summary>overlayfs does not keep change times over a copy-up, which merely opening for writing makes.</summary>
    public static bool KeepsChangeTimes => !(Is(Subjects.KernelOverlay) && IsBelow);

    /// <summary>A directory of several layers has the link count 1, for its subdirectories are not counted; it may become one by a copy-up.</summary>
    public static bool CountsSubdirectories => !(Is(Subjects.KernelOverlay | Subjects.Unions) && IsBelow);

    public static bool IsBelow => flavour == Flavour.Below;
}
