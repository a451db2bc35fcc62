using System.Globalization;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// Seeded volumes with seeded damage, repaired by us and by stock e2fsck, each its own copy: ours ends, is silent the second time, e2fsck is content with it, nothing that
/// e2fsck keeps is lost, and both come to the same verdict. A case is its seed. docs/TESTING.md says how a long run is made of it.
/// </summary>
public sealed class DifferentialTests
{
    private const int DefaultCases = 500;
    private const int MostFailedCases = 2000;
    private const int ReportEvery = 250;

    // Nothing takes a hundredth of it; a loop without an end must not cost the seed.
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(90);

    [Fact]
    public void NothingIsLostThatE2fsckKeeps()
    {
        int[] seeds = [.. Seeds()];
        string report = Environment.GetEnvironmentVariable("EXT2U_FSCK_REPORT") ?? "", save = Environment.GetEnvironmentVariable("EXT2U_FSCK_SAVE") ?? "";
        var classes = new FailureClasses();
        using var stock = new StockChecker();
        foreach (int seed in seeds.TakeWhile(_ => classes.FailedCases < MostFailedCases))
        {
            using Timer watchdog = Watch(seed);
            var fuzz = new FuzzCase(seed, stock);
            IReadOnlyList<FuzzFailure> failures = fuzz.Run();
            classes.Add(seed, fuzz.What, failures);
            if (save.Length > 0 && failures.Count > 0)
            {
                fuzz.Save(save);
            }
            if (report.Length > 0 && (classes.Cases % ReportEvery == 0 || seed == seeds[^1]))
            {
                File.WriteAllText(report, classes.ToString());
            }
        }
        Assert.True(classes.FailedCases == 0, classes.ToString());
    }

    private static Timer Watch(int seed) => new(
        _ =>
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"EXT2U_FSCK_SEED={seed} does not end"));
            Environment.Exit(3);
        },
        null,
        Standstill,
        Timeout.InfiniteTimeSpan);

    // A range, or those in a file: what failed in a long run is tried again.
    private static IEnumerable<int> Seeds() =>
        Environment.GetEnvironmentVariable("EXT2U_FSCK_LIST") is { Length: > 0 } list
            ? File.ReadLines(list).Select(line => int.Parse(line, CultureInfo.InvariantCulture))
            : Environment.GetEnvironmentVariable("EXT2U_FSCK_CASES") is null && Environment.GetEnvironmentVariable("EXT2U_FSCK_SEED") is null
            ? Enumerable.Range(1, DefaultCases).Concat(FormerFailures.Seeds)
            : Enumerable.Range(Number("EXT2U_FSCK_SEED", 1), Number("EXT2U_FSCK_CASES", DefaultCases));

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
