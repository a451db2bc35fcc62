using System.Globalization;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// Goes through the places where a repair may end: all of them with EXT2U_FSCK_INTERRUPT=all, else a few of each repair, chosen by EXT2U_FSCK_SEED.
/// </summary>
internal sealed class InterruptionRun
{
    private const int MostFailures = 5;
    private const int SampledStops = 2;
    private const int FullLosses = 40;
    private readonly bool isComplete = Environment.GetEnvironmentVariable("EXT2U_FSCK_INTERRUPT") == "all";
    private readonly List<string> failures = [];

    /// <summary>The first seed of the run.</summary>
    public static int Seed { get; } = Number("EXT2U_FSCK_SEED", 1);

    /// <summary>States that were judged.</summary>
    public int States { get; private set; }

    public bool IsEnough => failures.Count >= (isComplete ? 40 : 1) * MostFailures;

    /// <summary>Stops, torn writes and, where the mode is -y, repairs of the repair that stop as well.</summary>
    public void Stop(RepairCase damaged, CheckMode mode)
    {
        using var repair = new InterruptedRepair(damaged, mode);
        if (!repair.IsFinished || repair.Count == 0)
        {
            return;
        }
        var random = new Random(Seed + repair.Count);
        CrashState[] stops = [.. Enumerable.Range(1, repair.Count - 1).Select(count => new CrashState(count))];
        CrashState[] torn = [.. repair.Tearable.SelectMany(write => Enumerable.Range(1, write.Sectors - 1).Select(sectors => new CrashState(write.Number, sectors)))];
        Judge(repair, Chosen(stops, SampledStops, random), random);
        Judge(repair, Chosen(torn, 1, random), random);
        foreach (CrashState first in Chosen(stops, 1, random).Where(_ => isComplete || random.Next(3) == 0))
        {
            StopAgain(damaged, mode, repair, first, random);
        }
    }

    /// <summary>Power fails: what was not flushed may be missing, in any part.</summary>
    public void LosePower(RepairCase damaged, CheckMode mode)
    {
        using var repair = new InterruptedRepair(damaged, mode);
        if (!repair.IsFinished || repair.Count == 0)
        {
            return;
        }
        var random = new Random(Seed + repair.Count);
        int count = isComplete ? Math.Max(FullLosses, repair.Count) : SampledStops;
        Judge(repair, Enumerable.Range(0, count).Select(_ => new CrashState(random.Next(1, repair.Count + 1), 0, random.Next(1, int.MaxValue))), random);
    }

    /// <summary>A number from the environment.</summary>
    public static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : otherwise;

    public void AssertNothingFailed() => Assert.True(failures.Count == 0, $"EXT2U_FSCK_SEED={Seed}\n{string.Join('\n', failures)}");

    private void StopAgain(RepairCase damaged, CheckMode mode, InterruptedRepair repair, CrashState first, Random random)
    {
        using var second = new InterruptedRepair(damaged with { Name = $"{damaged.Name} ({first})" }, mode, repair.Left(first));
        if (second.IsFinished && second.Count > 1)
        {
            Judge(second, [new CrashState(random.Next(1, second.Count))], random);
        }
    }

    private void Judge(InterruptedRepair repair, IEnumerable<CrashState> states, Random random)
    {
        foreach (CrashState state in states.TakeWhile(_ => !IsEnough))
        {
            States++;
            if (repair.Judged(state, random.Next(isComplete ? 4 : 12) == 0) is { } failure)
            {
                failures.Add(failure);
            }
        }
    }

    private IEnumerable<CrashState> Chosen(CrashState[] states, int count, Random random) =>
        isComplete || states.Length <= count ? states : [.. random.GetItems(states, count).Distinct()];
}
