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

    public static bool IsBelow => flavour == Flavour.Below;
}
