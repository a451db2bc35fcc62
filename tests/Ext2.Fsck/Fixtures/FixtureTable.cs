using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>The fixtures of fixtures/fsck.</summary>
internal static class FixtureTable
{
    /// <summary>Where they lie.</summary>
    public static string Root { get; } = Path.Combine(Repository.Root, "fixtures", "fsck");

    /// <summary>All, by name.</summary>
    public static IReadOnlyList<Fixture> All { get; } = [.. Directory.GetDirectories(Root).Order(StringComparer.Ordinal).Select(Fixture.Read)];

    public static Fixture Named(string name) => All.Single(fixture => fixture.Name == name);
}
