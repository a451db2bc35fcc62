using System.Diagnostics;
using System.Text.RegularExpressions;
using Ext2Union.Tests.Support;

namespace Ext2Union.Packaging.Tests;

/// <summary>docs/ERRORS.md: each row is run and says, word for word, what stands there. EXT2U_WRITE_DOCS=1 writes what is said.</summary>
public sealed partial class ErrorPageTests : IDisposable
{
    private const string Page = "docs/ERRORS.md";
    private const string ShownFolder = "/srv/try";
    private readonly ScratchDirectory scratch = new("errors");

    public void Dispose()
    {
        _ = ProcessRunner.Run("/bin/umount", "-q", scratch["held"]);
        scratch.Dispose();
    }

    [Fact]
    public void EachMistakeGetsItsLine()
    {
        Need.Root();
        Need.Fuse();
        Need.Command("setpriv");
        Need.Command("mke2fs");
        string[] lines = File.ReadAllLines(Path.Combine(Repository.Root, Page));
        string[] blocks = [.. Block().Matches(string.Join('\n', lines)).Select(match => match.Groups[1].Value)];
        Assert.Equal(2, blocks.Length);
        ProcessRunner.Check("/bin/chmod", "755", scratch.FullPath);
        _ = Run(blocks[0]).OrFail();
        ProcessRunner.Check("/bin/chmod", "777", scratch["mnt"]);

        string[] found = [.. lines.Select(line => Row().Match(line) is { Success: true } row ? Tried(blocks[1], row.Groups["command"].Value) : line)];
        if (Environment.GetEnvironmentVariable("EXT2U_WRITE_DOCS") == "1")
        {
            File.WriteAllLines(Path.Combine(Repository.Root, Page), found);
        }

        Assert.True(found.Count(line => Row().IsMatch(line)) >= 40);
        Assert.Equal(lines, found);
        Assert.Equal([], found.Where(line => Row().IsMatch(line)).Where(line => !Good().IsMatch(line)).ToArray());
    }

    private string Tried(string functions, string command)
    {
        ProcessResult result = Run(functions + command);
        string said = result.Error.TrimEnd('\n').Replace("\n", "<br>", StringComparison.Ordinal).Replace(scratch.FullPath, ShownFolder, StringComparison.Ordinal);
        said = Process().Replace(said, "$1 4711").Replace("|", "\\|", StringComparison.Ordinal);
        return $"| `{command}` | {result.ExitCode} | {said} |";
    }

    private ProcessResult Run(string script)
    {
        var start = new ProcessStartInfo("/bin/bash") { WorkingDirectory = scratch.FullPath };
        start.Environment["PATH"] = Path.GetDirectoryName(Repository.PublishedTool("mkfs.ext2u")) + ":" + Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin";
        return ProcessRunner.Run(start, ["-c", script], null, TimeSpan.FromSeconds(60));
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^\| `(?<command>[^`]+)` \|")]
    private static partial Regex Row();

    // One line that begins with the tool that speaks, and a code that says failure.
    [GeneratedRegex(@"^\| `[^`]+` \| [1-9]\d* \| (mkfs|fsck|mount)\.ext2u: (?!.*<br>).{20,} \|$")]
    private static partial Regex Good();

    [GeneratedRegex(@"(process|pid) \d+")]
    private static partial Regex Process();
}
