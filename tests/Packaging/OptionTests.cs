using System.Diagnostics;
using System.Text.RegularExpressions;
using Ext2Union.Tests.Support;

namespace Ext2Union.Packaging.Tests;

/// <summary>The summary of a tool (--help), its manual page and the completion of bash know the same options, and the pages are well made.</summary>
public sealed partial class OptionTests
{
    private static readonly string[] Tools = ["mkfs.ext2u", "fsck.ext2u", "mount.ext2u"];

    /// <summary>A tool, the option that takes a list of words, or none for the options themselves.</summary>
    public static TheoryData<string, string> Places => new()
    {
        { "mkfs.ext2u", "" },
        { "mkfs.ext2u", "-O" },
        { "mkfs.ext2u", "-E" },
        { "fsck.ext2u", "" },
        { "fsck.ext2u", "-E" },
        { "mount.ext2u", "" },
        { "mount.ext2u", "-o" },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void WhatCompletionOffersIsInThePageAndUnderstood(string tool, string option)
    {
        string[] offered = Offered(tool, option);
        Assert.NotEmpty(offered);
        string page = Plain(tool);
        string help = Help(tool);
        foreach (string word in offered.Select(NameOf).Where(word => !word.StartsWith("x-", StringComparison.Ordinal)))
        {
            // The summary of mount.ext2u refers to the page for what mount(8) has too.
            Assert.True(option == "-o" || Regex.IsMatch(page, Whole(word)), $"{tool}(8) does not know {word}");
            Assert.True(tool == "mount.ext2u" || Regex.IsMatch(help, Whole(word)), $"{tool} --help does not know {word}");
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void WhatThePageDescribesIsOffered(string tool, string option)
    {
        string[] described = [.. Tags(tool).Where(tag => tag.StartsWith('-') == (option.Length == 0))];
        string[] offered = Offered(tool, option);
        string[] missing = [.. described.Except(offered.Select(NameOf))];

        // Words of a list may belong to another list of the same tool.
        string[] elsewhere = option.Length == 0 ? [] : [.. Places.Where(place => place.Data.Item1 == tool && place.Data.Item2.Length > 0).SelectMany(place => Offered(tool, place.Data.Item2)).Select(NameOf)];
        Assert.Empty(missing.Except(elsewhere));
        Assert.NotEmpty(described);
    }

    [Fact]
    public void EveryWordOfMountIsUnderstood()
    {
        string page = Plain("mount.ext2u");
        foreach (string word in Offered("mount.ext2u", "-o").Where(word => Regex.IsMatch(page, Whole(NameOf(word)))))
        {
            string value = word.EndsWith('=') ? word + "1" : word;
            ProcessResult result = ProcessRunner.Run(Repository.PublishedTool("mount.ext2u"), "-o", value, "/nowhere/image", "/nowhere");
            Assert.DoesNotContain("unknown option", result.Error);
        }
    }

    [Fact]
    public void PagesAreComplete()
    {
        string[] parts = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "FILES", "BUGS", "SEE ALSO"];
        foreach (string tool in (string[])[.. Tools, "umount.fuse.ext2u"])
        {
            string[] headings = [.. File.ReadLines(Page(tool)).Where(line => line.StartsWith(".SH ", StringComparison.Ordinal)).Select(line => line[4..].Trim('"'))];
            Assert.Empty(parts.Except(headings).Select(part => $"{tool}(8) has no {part}"));
        }
    }

    [Fact]
    public void PagesAreWellMade()
    {
        Need.Command("mandoc");
        ProcessResult result = ProcessRunner.Run("/bin/bash", "-c", $"mandoc -Tlint -W warning {Repository.Root}/man/*.8");
        Assert.Equal("", result.Output + result.Error);
    }

    private static string[] Offered(string tool, string option)
    {
        string line = option.Length == 0 ? "-" : option;
        var start = new ProcessStartInfo("/bin/bash");
        start.Environment["PATH"] = Path.GetDirectoryName(Repository.PublishedTool(tool)) + ":" + Environment.GetEnvironmentVariable("PATH");
        string script = $$"""
            compopt() { :; }
            . {{Repository.Root}}/packaging/completion/ext2u
            COMP_WORDS=({{tool}} {{line}} {{(option.Length == 0 ? "" : "''")}}) COMP_LINE="{{tool}} {{line}}{{(option.Length == 0 ? "" : " ")}}"
            COMP_POINT=${#COMP_LINE} COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _ext2u {{tool}}
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        return ProcessRunner.Run(start, ["-euc", script], null, TimeSpan.FromSeconds(30)).OrFail().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Help(string tool) => ProcessRunner.Check(Repository.PublishedTool(tool), "--help");

    private static string Page(string tool) => Path.Combine(Repository.Root, "man", tool + ".8");

    // The text of a page without what sets its type.
    private static string Plain(string tool) => string.Join('\n', File.ReadLines(Page(tool)).Select(Unset));

    private static string Unset(string line) => Escape().Replace(Macro().Replace(line, ""), "").Replace("\\-", "-", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal);

    // What stands as a tag in the sections of options.
    private static IEnumerable<string> Tags(string tool)
    {
        string[] lines = File.ReadAllLines(Page(tool));
        bool isOptions = false;
        for (int i = 0; i < lines.Length; i++)
        {
            isOptions = lines[i].StartsWith(".SH", StringComparison.Ordinal) ? lines[i].Contains("OPTIONS", StringComparison.Ordinal) : isOptions;
            if (isOptions && lines[i] is ".TP" or ".TQ")
            {
                foreach (string tag in Unset(Placeholder().Replace(lines[i + 1], "")).Split(','))
                {
                    if (Word().Match(tag.Trim(' ', '\\')) is { Success: true } word)
                    {
                        yield return NameOf(word.Value);
                    }
                }
            }
        }
    }

    private static string NameOf(string word) => word.Contains('=') ? word[..(word.IndexOf('=') + 1)] : word;

    // A value may be optional: "root_owner[=UID:GID]".
    private static string Whole(string word) =>
        "(?<![A-Za-z0-9_-])" + (word.EndsWith('=') ? Regex.Escape(word[..^1]) + @" ?\[? ?=" : Regex.Escape(word) + "(?![A-Za-z0-9_])");

    [GeneratedRegex(@"^\.[A-Z]+ ?")]
    private static partial Regex Macro();

    [GeneratedRegex(@"\\f[A-Z]|\\e")]
    private static partial Regex Escape();

    // What is in italics stands for a value.
    [GeneratedRegex(@"\\fI.*?(?:\\f[BRP]|$)")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^(?:--?[A-Za-z][A-Za-z-]*=?|[a-z_][a-z0-9_-]+=?)")]
    private static partial Regex Word();
}
