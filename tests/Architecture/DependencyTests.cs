using System.Xml.Linq;
using Ext2Union.Tests.Support;

namespace Ext2Union.Architecture.Tests;

/// <summary>Who may know whom, read from the project files (ARCHITECTURE.md).</summary>
public sealed class DependencyTests
{
    // Every room and all it may reference. A room that is not here is a failure: it has to be thought about first.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Vfs"] = [],
        ["Linux"] = ["Vfs"],
        ["BlockDevices"] = ["Vfs", "Linux"],
        ["Ext2/OnDisk"] = ["Vfs"],
        ["Ext2/Storage"] = ["Vfs", "BlockDevices", "Ext2/OnDisk"],
        ["Ext2/Volume"] = ["Vfs", "BlockDevices", "Ext2/OnDisk", "Ext2/Storage"],
        ["Ext2/Mkfs"] = ["Vfs", "Linux", "BlockDevices", "Ext2/OnDisk", "Ext2/Storage", "Ext2/Volume"],
        // A checker that trusts the engine cannot find its faults: never Volume.
        ["Ext2/Fsck"] = ["Vfs", "Linux", "BlockDevices", "Ext2/OnDisk", "Ext2/Storage"],
        // The face of the library for other programs.
        ["Ext2/Image"] = ["Vfs", "BlockDevices", "Ext2/Volume", "Ext2/Mkfs", "Ext2/Fsck"],
        ["Tmpfs"] = ["Vfs", "Linux"],
        ["HostDirectory"] = ["Vfs", "Linux"],
        ["Union"] = ["Vfs"],
        ["Fuse"] = ["Vfs", "Linux"],
        ["Tools/mkfs.ext2u"] = ["Vfs", "Linux", "BlockDevices", "Ext2/OnDisk", "Ext2/Mkfs", "HostDirectory"],
        ["Tools/fsck.ext2u"] = ["Vfs", "Linux", "BlockDevices", "Ext2/OnDisk", "Ext2/Storage", "Ext2/Fsck", "HostDirectory"],
        ["Tools/mount.ext2u"] =
        [
            "Vfs", "Linux", "BlockDevices", "Ext2/OnDisk", "Ext2/Storage", "Ext2/Volume", "Ext2/Fsck", "Tmpfs", "HostDirectory", "Union", "Fuse",
        ],
    };

    [Fact]
    public void RoomsReferenceOnlyWhatTheyMay()
    {
        var faults = new List<string>();
        foreach ((string room, string[] references) in Projects())
        {
            if (!Allowed.TryGetValue(room, out string[]? allowed))
            {
                faults.Add($"{room} is a new room: say in this test what it may reference");
                continue;
            }

            faults.AddRange(references.Except(allowed).Select(reference => $"{room} must not reference {reference}"));
        }

        Assert.Empty(faults);
        Assert.Equal(Allowed.Keys.Order(), Projects().Select(project => project.Room).Order());
    }

    [Fact]
    public void OnlyToolsReferencePackages()
    {
        var faults = from path in Sources.Files(".csproj", "src")
                     where !path.StartsWith("src/Tools/", StringComparison.Ordinal)
                     from package in Load(path).Descendants("PackageReference")
                     select $"{path}: {package.Attribute("Include")?.Value}";
        Assert.Empty(faults);
    }

    [Fact]
    public void PackageVersionsAreCentral()
    {
        var faults = from path in Sources.Files(".csproj", "src", "tests", "bench")
                     from package in Load(path).Descendants("PackageReference")
                     where package.Attribute("Version") is not null
                     select path;
        Assert.Empty(faults);
    }

    private static IEnumerable<(string Room, string[] References)> Projects() =>
        from path in Sources.Files(".csproj", "src")
        let folder = Path.GetDirectoryName(path)!
        select (
            RoomOf(folder),
            Load(path).Descendants("ProjectReference")
                .Select(reference => RoomOf(Path.GetDirectoryName(Path.GetRelativePath(
                    Repository.Root,
                    Path.GetFullPath(Path.Combine(Repository.Root, folder, reference.Attribute("Include")!.Value))))!))
                .ToArray());

    private static string RoomOf(string folder) => folder["src/".Length..];

    private static XDocument Load(string path) => XDocument.Load(Path.Combine(Repository.Root, path));
}
