using System.Text.RegularExpressions;
using Ext2Union.BlockDevices;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Every row of the problem table: raised by its fixture, and repaired so that nobody complains afterwards.</summary>
public sealed partial class FixtureTests
{
    /// <summary>The codes that have a fixture.</summary>
    public static TheoryData<string> Codes => [.. FixtureTable.All.Select(fixture => fixture.Code)];

    [Fact]
    public void EveryRowHasAFixtureAndItsOwnCode()
    {
        string[] rows = [.. ProblemTable.All.Select(problem => problem.Code)];
        Assert.Equal(rows.Distinct().Order(), rows.Order());
        Assert.All(rows, code => Assert.Matches(CodeForm(), code));
        Assert.Equal(rows.Except(ClearMarksTests.Codes).Order(), FixtureTable.All.Select(fixture => fixture.Code).Order());
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void TheRowIsRaisedAndItsRepairHolds(string code)
    {
        Fixture fixture = FixtureTable.All.Single(candidate => candidate.Code == code);
        VolumeImage volume = fixture.Base();
        fixture.Edit(volume);
        AssertNothingIsWrittenWithNo(volume, fixture);
        if (fixture.StaysDamaged)
        {
            using MemoryBlockDevice device = volume.ToDevice();
            CheckResult result = Judge.Check(device, CheckMode.Yes, out string transcript);
            Assert.True(result.Raised.Contains(code), transcript);
            Assert.True((result.Exit & (ExitCode.Left | ExitCode.Operational)) != 0, transcript);
            return;
        }
        CheckResult repaired = Judge.Repair(volume, code, out _, refused: fixture.Refused);
        Assert.Contains(code, repaired.Raised);
        Assert.Equal(fixture.IsRemark, (repaired.Exit & ExitCode.Corrected) == 0);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void PreenRepairsOrStopsAsTheTableSays(string code)
    {
        Fixture fixture = FixtureTable.All.Single(candidate => candidate.Code == code);
        if (fixture.StaysDamaged || fixture.IsRemark || fixture.Refused.Length != 0)
        {
            return;
        }
        VolumeImage volume = fixture.Base();
        fixture.Edit(volume);
        using MemoryBlockDevice device = volume.ToDevice();
        CheckResult result = Judge.Check(device, CheckMode.Preen, out string transcript);
        bool mayRepair = result.Raised.All(raised => ProblemTable.All.Single(row => row.Code == raised).Preen == PreenAction.Repair);
        Assert.True(mayRepair == ((result.Exit & ExitCode.Left) == 0), transcript);
        if (mayRepair)
        {
            Assert.Equal(ExitCode.Clean, Judge.Check(device, CheckMode.No, out _).Exit);
        }
    }

    private static void AssertNothingIsWrittenWithNo(VolumeImage volume, Fixture fixture)
    {
        using MemoryBlockDevice device = volume.ToDevice();
        CheckResult result = Judge.Check(device, CheckMode.No, out string transcript);
        Assert.True(VolumeImage.Of(device).Bytes.AsSpan().SequenceEqual(volume.Bytes), "-n wrote");
        Assert.True(fixture.IsRemark || (result.Exit & (ExitCode.Left | ExitCode.Operational)) != 0, transcript);
        Assert.Equal(ExitCode.Clean, result.Exit & ExitCode.Corrected);
    }

    [GeneratedRegex("^(SB|I|B|D|C|L|A|U)[0-9]{3}$")]
    private static partial Regex CodeForm();
}
