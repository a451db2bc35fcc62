using System.Text;
using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>docs/FSCK.md lists every row as the table has it. EXT2U_WRITE_DOCS=1 writes the list anew.</summary>
public sealed class ProblemPageTests
{
    private const string Begin = "<!-- rows: begin -->";
    private const string End = "<!-- rows: end -->";

    [Fact]
    public void ThePageListsTheTable()
    {
        string path = Path.Combine(Repository.Root, "docs", "FSCK.md");
        string page = File.ReadAllText(path);
        int begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = page.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= Begin.Length && end >= begin, $"{path} has lost its marks");
        string rows = Rows();
        if (Environment.GetEnvironmentVariable("EXT2U_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, page[..begin] + rows + page[end..]);
            return;
        }
        Assert.Equal(rows, page[begin..end]);
    }

    private static string Rows()
    {
        var text = new StringBuilder("\n");
        string group = "";
        foreach (Problem problem in ProblemTable.All)
        {
            string heading = Heading(problem.Code);
            if (heading != group)
            {
                group = heading;
                text.Append($"\n### {heading}\n\n| code | what is wrong | question | `-p` | on yes |\n|---|---|---|---|---|\n");
            }
            string preen = !problem.IsQuestion ? problem.Preen == PreenAction.Stop ? "stops or leaves it" : "says it" : Words(problem.Preen);
            string question = problem.IsQuestion ? problem.Question + "?" : "(none)";
            text.Append($"| {problem.Code} | {problem.Message} | {question} | {preen} | {problem.Repair} |\n");
        }
        return text.Append('\n').ToString();
    }

    private static string Words(PreenAction action) => action switch
    {
        PreenAction.Repair => "repairs",
        PreenAction.RepairAfterCrash => "repairs after a crash",
        PreenAction.Leave => "leaves it",
        _ => "stops",
    };

    private static string Heading(string code) => code[0] switch
    {
        'S' => "Pass 0: superblock, descriptors, orphans",
        'I' => "Pass 1: inodes, blocks, attributes",
        'B' => "Passes 1b to 1d: shared blocks",
        'D' => "Pass 2: directories",
        'C' => "Pass 3: connectivity",
        'L' => "Pass 4: links",
        'A' => "Pass 5: bitmaps and counts",
        _ => "Marks and copies of a union",
    };
}
