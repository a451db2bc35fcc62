namespace Ext2Union.Tests.Support;

/// <summary>Where the sources and the built tools lie.</summary>
public static class Repository
{
    /// <summary>The folder of Ext2Union.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>
    /// A tool as a test runs it: from the folder in EXT2U_BIN, else the debug build (which checks the order of locks).
    /// </summary>
    public static string Tool(string name)
    {
        if (Environment.GetEnvironmentVariable("EXT2U_BIN") is { Length: > 0 } folder)
        {
            return Existing(Path.Combine(folder, name));
        }

        return DebugTool(name);
    }

    /// <summary>The debug build of a tool, with its assemblies beside it.</summary>
    public static string DebugTool(string name)
    {
        string output = Path.Combine(Root, "src", "Tools", name, "bin", "Debug", "net10.0");
        return Existing(Directory.Exists(output)
            ? Directory.EnumerateFiles(output, name, SearchOption.AllDirectories).FirstOrDefault() ?? Path.Combine(output, name)
            : Path.Combine(output, name));
    }

    /// <summary>A tool as it is shipped (scripts/publish.sh), for what is measured; else as <see cref="Tool"/>.</summary>
    public static string PublishedTool(string name)
    {
        string shipped = Path.Combine(Root, "artifacts", "bin", name);
        return File.Exists(shipped) ? shipped : Tool(name);
    }

    private static string Existing(string path) =>
        File.Exists(path) ? path : throw new FileNotFoundException($"{path} is not built; run: dotnet build src/Tools/{Path.GetFileName(path)}");

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Ext2Union.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("Ext2Union.sln is in no folder above " + AppContext.BaseDirectory);
    }
}
