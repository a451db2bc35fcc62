using System.Text.RegularExpressions;
using Ext2Union.Tests.Support;

namespace Ext2Union.Architecture.Tests;

/// <summary>Documents name tests as proof of what they say.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void TestsThatDocumentsNameExist()
    {
        HashSet<string> classes =
        [
            .. from path in Sources.Files(".cs", "tests")
               from line in Sources.Code(path)
               from Match match in ClassName().Matches(line.Text)
               select match.Groups[1].Value,
        ];
        string[] named =
        [
            .. from path in Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
               from Match match in NamedTest().Matches(File.ReadAllText(path))
               select match.Groups[1].Value,
        ];
        Assert.NotEmpty(named);
        Assert.Empty(named.Distinct().Except(classes));
    }

    [GeneratedRegex(@"\bclass (\w+Tests)\b")]
    private static partial Regex ClassName();

    // In backquotes, alone or behind its folder.
    [GeneratedRegex(@"`(?:\w+/)*(\w+Tests)`")]
    private static partial Regex NamedTest();
}
