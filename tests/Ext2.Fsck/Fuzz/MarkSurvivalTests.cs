using System.Globalization;
using System.Text;
using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// Seeded damage to volumes that were tops: the repair ends, a second run is silent, and no mark, origin or record is lost that the damage spared. What e2fsck thinks of the
/// rest is asked by <see cref="DifferentialTests"/>.
/// EXT2U_FSCK_CASES, EXT2U_FSCK_SEED and EXT2U_FSCK_REPORT make a long run of it.
/// </summary>
public sealed class MarkSurvivalTests
{
    private const int DefaultCases = 200;
    private const int MostFailures = 60;

    // Of long runs; every run tries them again.
    private static readonly int[] FormerFailures = [102357, 102976, 300688, 302328, 302384, 302618, 302791, 304386, 304488, 401517, 402778, 405704, 407865, 409860, 412273];

    [Fact]
    public void WhatWasNotDamagedSurvives()
    {
        int[] seeds = [.. Seeds()];
        int cases = 0;
        string report = Environment.GetEnvironmentVariable("EXT2U_FSCK_REPORT") ?? "";
        var failures = new List<string>();
        foreach (int seed in seeds.TakeWhile(_ => failures.Count < MostFailures))
        {
            cases++;
            MarkedVolume volume = MarkedVolume.For(seed);
            V damaged = volume.Image.Clone();
            var damage = new Damage(damaged, seed);
            damage.Run();
            string? failure;
            try
            {
                failure = Judged(volume, damaged);
            }
            catch (Exception crash) when (crash is not Xunit.Sdk.XunitException)
            {
                failure = crash.ToString();
            }
            if (failure is not null)
            {
                failures.Add($"===== {volume.Name}, {damage}\n{failure}");
            }
            if (report.Length > 0 && (cases % 100 == 0 || cases == seeds.Length || failure is not null))
            {
                File.WriteAllText(report, Text());
            }
        }
        Assert.True(failures.Count == 0, Text());

        string Text() => new StringBuilder().Append(CultureInfo.InvariantCulture, $"{failures.Count} failures in {cases} cases\n").AppendJoin('\n', failures).ToString();
    }

    private static string? Judged(MarkedVolume volume, V damaged)
    {
        OwnRun first = OwnRun.Of(damaged, CheckMode.Yes);
        if (first.GaveUp)
        {
            return first.Result.Raised.Any(code => code is "SB002" or "SB003" or "SB004") ? null : $"it gave up\n{first.Said}";
        }
        OwnRun second = OwnRun.Of(first.After, CheckMode.No);
        if (second.Exit != 0)
        {
            // Where there is no room for a repair some problems stay.
            bool isFull = first.Result.Raised.Any(code => code is "C006" or "C007" or "U029" or "B002");
            return isFull ? null : $"the second run is not silent\n--- first ({first.Exit})\n{first.Said}\n--- second\n{second.Said}";
        }
        string[] losses = [.. new MarkSurvival(volume.Manifest, damaged, first.After).Losses()];
        return losses.Length == 0 ? null : $"{string.Join('\n', losses)}\n--- ours\n{first.Said}";
    }

    private static IEnumerable<int> Seeds() =>
        Environment.GetEnvironmentVariable("EXT2U_FSCK_CASES") is null && Environment.GetEnvironmentVariable("EXT2U_FSCK_SEED") is null
            ? Enumerable.Range(1, DefaultCases).Concat(FormerFailures)
            : Enumerable.Range(Number("EXT2U_FSCK_SEED", 1), Number("EXT2U_FSCK_CASES", DefaultCases));

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
