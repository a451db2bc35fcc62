using System.Diagnostics;
using System.Text.RegularExpressions;
using Ext2Union.Tests.Support;

namespace Ext2Union.Packaging.Tests;

/// <summary>The NuGet package: the sample of the README is compiled against it, with nothing else to be had, and run.</summary>
public sealed partial class LibraryTests : IDisposable
{
    private readonly ScratchDirectory scratch = new("library");

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void TheSampleOfTheReadmeRunsOnThePackage()
    {
        string feed = scratch.Folder("feed");
        Dotnet(Repository.Root, "pack", "src/Ext2/Image", "-c", "Debug", "--no-restore", "-o", feed, "-v", "q", "-p:UseSharedCompilation=false", "-nodeReuse:false");
        string folder = scratch.Folder("sample");
        File.WriteAllText(Path.Combine(folder, "Program.cs"), Sample().Match(File.ReadAllText(Path.Combine(Repository.Root, "README.md"))).Groups[1].Value);
        File.WriteAllText(Path.Combine(folder, "nuget.config"), $"<configuration><packageSources><clear /><add key=\"feed\" value=\"{feed}\" /></packageSources></configuration>");
        File.WriteAllText(
            Path.Combine(folder, "sample.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><UseAppHost>false</UseAppHost>
                <RestorePackagesPath>{scratch["packages"]}</RestorePackagesPath><NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="Ext2Union.Ext2" Version="*" /></ItemGroup>
            </Project>
            """);
        Dotnet(folder, "build", "-v", "q", "-o", "out", "-p:UseSharedCompilation=false", "-nodeReuse:false");

        // What the loader was asked for: a call into libc by name would be one that other systems have not.
        string loaded = scratch["loaded"];
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder };
        start.Environment["LD_DEBUG"] = "files";
        start.Environment["LD_DEBUG_OUTPUT"] = loaded;
        Assert.Equal("appliance\netc lost+found\nsound\n", ProcessRunner.Run(start, ["out/sample.dll"], null, TimeSpan.FromMinutes(1)).OrFail().Output);
        string[] asked = [.. Directory.GetFiles(scratch.FullPath, "loaded.*").SelectMany(File.ReadLines)];
        Assert.Contains(asked, line => line.Contains("file=/", StringComparison.Ordinal) && line.Contains("libSystem.Native.so", StringComparison.Ordinal));
        Assert.DoesNotContain(asked, line => line.Contains("libc.so [", StringComparison.Ordinal));
        E2fsck.AssertClean(Path.Combine(folder, "disk.ext2"));
    }

    private static string Dotnet(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = folder };
        return ProcessRunner.Run(start, arguments, null, TimeSpan.FromMinutes(5)).OrFail().Output;
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sample();
}
