namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// A repair that ends after any of its writes, within one, or with writes lost: the volume says that it needs a check, the next run ends in a sound one, and nothing
/// more is lost than by a repair that was not interrupted.
/// </summary>
public sealed class InterruptedRepairTests(ITestOutputHelper output)
{
    private const int DefaultCases = 25;

    private static IEnumerable<RepairCase> Cases => Enumerable.Range(InterruptionRun.Seed, InterruptionRun.Number("EXT2U_FSCK_CASES", DefaultCases)).Select(RepairCase.Of);

    private static IEnumerable<RepairCase> Fixtures => FixtureTable.All.Where(fixture => !fixture.StaysDamaged && !fixture.IsRemark).Select(RepairCase.Of);

    [Theory]
    [InlineData(CheckMode.Yes)]
    [InlineData(CheckMode.Preen)]
    public void TheNextRunFinishesIt(CheckMode mode) => Run(Fixtures, (run, damaged) => run.Stop(damaged, mode));

    [Theory]
    [InlineData(CheckMode.Yes)]
    [InlineData(CheckMode.Preen)]
    public void TheNextRunFinishesItAfterAPowerFailure(CheckMode mode) => Run(Fixtures, (run, damaged) => run.LosePower(damaged, mode));

    [Theory]
    [InlineData(CheckMode.Yes)]
    [InlineData(CheckMode.Preen)]
    public void SeededDamageIsRepairedByTheNextRun(CheckMode mode) => Run(Cases, (run, damaged) =>
    {
        run.Stop(damaged, mode);
        run.LosePower(damaged, mode);
    });

    private void Run(IEnumerable<RepairCase> cases, Action<InterruptionRun, RepairCase> action)
    {
        var run = new InterruptionRun();
        foreach (RepairCase damaged in cases.TakeWhile(_ => !run.IsEnough))
        {
            action(run, damaged);
        }
        output.WriteLine($"{run.States} interrupted repairs, EXT2U_FSCK_SEED={InterruptionRun.Seed}");
        run.AssertNothingFailed();
    }
}
