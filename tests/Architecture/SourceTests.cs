using System.Text.RegularExpressions;
using Ext2Union.Tests.Support;

namespace Ext2Union.Architecture.Tests;

/// <summary>Rules that the compiler does not hold.</summary>
public sealed partial class SourceTests
{
    private const int LongestFileLines = 400;

    [Fact]
    public void OnlyRoomsOfBytesLookAtBytesAsStructures() =>
        Assert.Empty(Outside(Mentions("MemoryMarshal", "src"), "src/Ext2/OnDisk/", "src/Linux/", "src/Fuse/Protocol/"));

    [Fact]
    public void OnlyTheLinuxRoomCallsLibc()
    {
        Assert.Empty(Outside(Mentions("LibraryImport", "src"), "src/Linux/"));
        Assert.Empty(Mentions("DllImport", "src"));
    }

    [Fact]
    public void OnDiskNeverReadsADevice() => Assert.Empty(Mentions("Ext2Union.BlockDevices", "src/Ext2/OnDisk"));

    [Fact]
    public void FilesAreShort() =>
        Assert.Empty(from path in Sources.Files(".cs", "src", "tests", "bench")
                     let count = Sources.Lines(path).Length
                     where count > LongestFileLines
                     select $"{path}: {count} lines");

    [Fact]
    public void EveryPublicTypeHasItsFile() =>
        Assert.Empty(from path in Sources.Files(".cs", "src", "tests/Support")
                     from line in Sources.Code(path)
                     let match = PublicType().Match(line.Text)
                     where match.Success && Path.GetFileName(path).Split('.')[0] != match.Groups["name"].Value
                     select $"{path}:{line.Number}: {match.Groups["name"].Value}");

    [Fact]
    public void TypesAreNamedByWhatTheyAre() =>
        Assert.Empty(from path in Sources.Files(".cs", "src", "tests")
                     from line in Sources.Code(path)
                     let match = AnyType().Match(line.Text)
                     where match.Success && VagueName().IsMatch(match.Groups["name"].Value)
                     select $"{path}:{line.Number}: {match.Groups["name"].Value}");

    [Fact]
    public void NothingIsUnfinished()
    {
        // The words are put together here so that this file does not find itself.
        string[] words = ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Exception"];
        Assert.Empty(words.SelectMany(word => Mentions(word, "src", "tests")));
    }

    [Fact]
    public void NothingNamesTheMachineItWasWrittenOn()
    {
        string[] words = ["/wo" + "rk/", "try" + ".sh", "land" + ".sh"];
        string[] files =
        [
            .. Sources.Files(".cs", "src", "tests", "bench"), .. Sources.Files("", "scripts", "docs", "man", ".ci", "packaging"),
            .. Directory.EnumerateFiles(Repository.Root).Select(file => Path.GetFileName(file)).Where(IsText),
        ];
        Assert.Empty(from path in files
                     from text in Sources.Lines(path)
                     from word in words
                     where text.Contains(word, StringComparison.Ordinal)
                     select $"{path}: {text.Trim()}");
    }

    [Fact]
    public void SkippedTestsSayWhy() => Assert.Empty(Outside([.. Mentions("Skip = \"\"", "tests"), .. Mentions("Assert.Skip(\"\")", "tests")], "tests/Architecture/"));

    private static IEnumerable<string> Mentions(string word, params string[] folders) =>
        from path in Sources.Files(".cs", folders)
        from line in Sources.Code(path)
        where line.Text.Contains(word, StringComparison.Ordinal)
        select $"{path}:{line.Number}: {line.Text.Trim()}";

    private static IEnumerable<string> Outside(IEnumerable<string> places, params string[] folders) =>
        places.Where(place => !folders.Any(folder => place.StartsWith(folder, StringComparison.Ordinal)));

    private static bool IsText(string name) => Path.GetExtension(name) is ".md" or ".sh" or ".props" or ".json" or ".sln" || name == ".editorconfig";

    [GeneratedRegex(@"^public (?:[a-z]+ )*(?:class|struct|interface|enum|record struct|record|delegate [\w<>\[\]?]+) (?<name>\w+)")]
    private static partial Regex PublicType();

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record) (?<name>[A-Z]\w*)")]
    private static partial Regex AnyType();

    [GeneratedRegex("(Manager|Helper|Helpers|Util|Utils|Utility|Handler|Impl)$")]
    private static partial Regex VagueName();
}
