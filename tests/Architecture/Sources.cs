using Ext2Union.Tests.Support;

namespace Ext2Union.Architecture.Tests;

/// <summary>The source files of the repository, without what builds leave behind.</summary>
internal static class Sources
{
    /// <summary>Paths relative to the repository's root of the files below these folders whose names end so.</summary>
    public static IEnumerable<string> Files(string ending, params string[] folders) =>
        from folder in folders
        let top = Path.Combine(Repository.Root, folder)
        where Directory.Exists(top)
        from file in Directory.EnumerateFiles(top, "*", SearchOption.AllDirectories)
        let path = Path.GetRelativePath(Repository.Root, file)
        where path.EndsWith(ending, StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
        select path;

    /// <summary>The lines of a file.</summary>
    public static string[] Lines(string path) => File.ReadAllLines(Path.Combine(Repository.Root, path));

    /// <summary>The lines of a file with their numbers, without lines that are only a comment.</summary>
    public static IEnumerable<(int Number, string Text)> Code(string path) =>
        Lines(path).Select((text, index) => (index + 1, text)).Where(line => !line.text.TrimStart().StartsWith("//", StringComparison.Ordinal));
}
