using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Ext2Union.Tests.Support;

namespace Ext2Union.Packaging.Tests;

/// <summary>
/// packaging/runtime.txt names the parts of the .NET runtime that a package brings along: what the tools refer to, and what that refers to. EXT2U_WRITE_DOCS=1 writes it.
/// </summary>
public sealed class RuntimeTests
{
    private const string Page = "packaging/runtime.txt";

    // What starts a program, and the libraries that assemblies call into.
    private static readonly (string Assembly, string[] Files)[] Natives =
    [
        ("System.Private.CoreLib", ["Microsoft.NETCore.App.deps.json", "libSystem.Native.so", "libclrjit.so", "libcoreclr.so", "libhostpolicy.so"]),
        ("System.Security.Cryptography", ["libSystem.Security.Cryptography.Native.OpenSsl.so"]),
        ("System.IO.Compression", ["libSystem.IO.Compression.Native.so"]),
        ("System.Net.Security", ["libSystem.Net.Security.Native.so"]),
    ];

    [Fact]
    public void ThePackageBringsWhatTheToolsNeed()
    {
        string[] lines =
        [
            "# Parts of Microsoft.NETCore.App that the tools need. Written by RuntimeTests with EXT2U_WRITE_DOCS=1.",
            .. Needed().Order(StringComparer.Ordinal),
        ];
        string path = Path.Combine(Repository.Root, Page);
        if (Environment.GetEnvironmentVariable("EXT2U_WRITE_DOCS") == "1")
        {
            File.WriteAllLines(path, lines);
        }

        Assert.Equal(lines, File.ReadAllLines(path));
    }

    private static IEnumerable<string> Needed()
    {
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var queue = new Queue<string>(
            from tool in (string[])["mkfs.ext2u", "fsck.ext2u", "mount.ext2u"]
            from file in Directory.EnumerateFiles(Path.GetDirectoryName(Repository.DebugTool(tool))!, "*.dll")
            select file);
        var found = new HashSet<string> { "System.Private.CoreLib" };
        while (queue.TryDequeue(out string? file))
        {
            foreach (string name in References(file))
            {
                string part = Path.Combine(runtime, name + ".dll");
                if (File.Exists(part) && found.Add(name))
                {
                    queue.Enqueue(part);
                }
            }
        }

        return found.Select(name => name + ".dll").Concat(Natives.Where(native => found.Contains(native.Assembly)).SelectMany(native => native.Files));
    }

    private static string[] References(string file)
    {
        using var reader = new PEReader(File.OpenRead(file));
        if (!reader.HasMetadata)
        {
            return [];
        }

        MetadataReader metadata = reader.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
