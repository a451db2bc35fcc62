using System.Diagnostics;
using Ext2Union.Tests.Support;

namespace Ext2Union.Conformance.Tests.Semantics;

/// <summary>docs/UNION.md says how unions answer in a table that bench/semantics.sh printed: our column is what the script measures today.</summary>
public sealed class SemanticsTableTests
{
    [Fact]
    public void OurAnswersAreThoseOfTheTable()
    {
        Need.Root();
        Need.Fuse();
        Need.Command("perl");
        Need.Command("setpriv");
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "bench", "semantics.sh"));
        start.Environment["BIG"] = "4";
        ProcessResult result = ProcessRunner.Run(start, ["ours"], null, TimeSpan.FromSeconds(120)).OrFail();
        List<string> measured = OurColumn(result.Output.Split('\n')), documented = OurColumn(File.ReadAllLines(Path.Combine(Repository.Root, "docs", "UNION.md")));
        Assert.True(measured.Count > 30, result.ToString());
        Assert.Equal(documented, measured);
    }

    // Rows begin with their number; then the scenario, then ours.
    private static List<string> OurColumn(IEnumerable<string> lines) =>
    [
        .. from line in lines
           let cells = line.Split('|')
           where cells.Length > 4 && int.TryParse(cells[1], out _)
           select $"{cells[2].Trim()}: {cells[3].Trim()}",
    ];
}
