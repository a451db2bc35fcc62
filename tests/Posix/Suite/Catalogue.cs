using System.Text.RegularExpressions;
using Ext2Union.Posix.Tests.Groups;

namespace Ext2Union.Posix.Tests.Suite;

/// <summary>Every behaviour, by group. EXT2U_POSIX limits a run to those whose "group/name" matches the pattern.</summary>
internal static class Catalogue
{
    private static readonly Regex Wanted = new(Environment.GetEnvironmentVariable("EXT2U_POSIX") ?? "");

    /// <summary>The groups and their behaviours.</summary>
    public static IReadOnlyList<(string Name, Behaviour[] Behaviours)> Groups { get; } =
    [
        ("open", OpenGroup.All),
        ("io", IoGroup.All),
        ("size", SizeGroup.All),
        ("directory", DirectoryGroup.All),
        ("node", NodeGroup.All),
        ("link", LinkGroup.All),
        ("listing", ListingGroup.All),
        ("rename", RenameGroup.All),
        ("mode", ModeGroup.All),
        ("times", TimesGroup.All),
        ("xattr", XattrGroup.All),
        ("acl", AclGroup.All),
        ("flags", FlagGroup.All),
        ("access", AccessGroup.All),
        ("path", PathGroup.All),
        ("locks", LockGroup.All),
    ];

    /// <summary>The behaviours to run, each with the place of its directory below the root of its flavour.</summary>
    public static IReadOnlyList<(string Group, Behaviour Behaviour, string Place)> Places { get; } =
    [
        .. from set in Groups
           from item in set.Behaviours.Select((behaviour, index) => (behaviour, index))
           where Wanted.IsMatch($"{set.Name}/{item.behaviour.Name}")
           select (set.Name, item.behaviour, $"{set.Name}/{item.index:d3}"),
    ];
}
