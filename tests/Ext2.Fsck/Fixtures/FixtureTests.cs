using System.Text.RegularExpressions;
using Ext2Union.BlockDevices;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// Every row of the problem table: raised by its fixtures, and repaired so that nobody complains afterwards, in the words that are written beside the recipe.
/// EXT2U_WRITE_FIXTURES=1 writes those anew.
/// </summary>
public sealed partial class FixtureTests
{
    private static readonly string[] Files = ["expect.1", "expect.2", "recipe"];
    private static readonly bool IsWriting = Environment.GetEnvironmentVariable("EXT2U_WRITE_FIXTURES") == "1";

    /// <summary>The fixtures.</summary>
    public static TheoryData<string> Names => [.. FixtureTable.All.Select(fixture => fixture.Name)];

    /// <summary>Those that -p has something to do with.</summary>
    public static TheoryData<string> Preened =>
        [.. FixtureTable.All.Where(fixture => !fixture.StaysDamaged && !fixture.IsRemark && !fixture.IsClearing && fixture.Refused.Count == 0).Select(fixture => fixture.Name)];

    [Fact]
    public void EveryRowHasAFixtureAndItsOwnCode()
    {
        string[] rows = [.. ProblemTable.All.Select(problem => problem.Code)];
        Assert.Equal(rows.Distinct().Order(), rows.Order());
        Assert.All(rows, code => Assert.Matches(CodeForm(), code));
        Assert.Equal(rows.Order(), FixtureTable.All.Select(fixture => fixture.Code).Distinct().Order());
        Assert.Empty(FixtureTable.All.SelectMany(fixture => fixture.Codes).Except(rows));
    }

    [Fact]
    public void EveryFixtureIsNamedByItsRowAndHoldsThreeFiles()
    {
        foreach (Fixture fixture in FixtureTable.All)
        {
            string code = fixture.Code.ToLowerInvariant();
            Assert.True(fixture.Name == code || fixture.Name.StartsWith(code + "-", StringComparison.Ordinal), $"{fixture.Name} raises {fixture.Code} first");
            Assert.Equal(Files, IsWriting ? Files : Directory.EnumerateFileSystemEntries(fixture.Folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TheRowIsRaisedAndItsRepairHolds(string name)
    {
        Fixture fixture = FixtureTable.Named(name);
        VolumeImage volume = fixture.Damaged();
        AssertNothingIsWrittenWithNo(volume, fixture);
        using MemoryBlockDevice device = volume.ToDevice();
        CheckResult first = Judge.Run(device, fixture.Options(CheckMode.Yes), fixture.Refused, out string transcript);
        CheckResult second = Judge.Run(device, fixture.Options(CheckMode.Yes), fixture.Refused, out string again);
        AssertTranscript(fixture, "expect.1", transcript);
        AssertTranscript(fixture, "expect.2", again);
        Assert.Empty(fixture.Codes.Except(first.Raised));
        if (fixture.StaysDamaged)
        {
            Assert.True((first.Exit & (ExitCode.Left | ExitCode.Operational)) != 0, transcript);
            return;
        }
        bool hasWeight = first.Raised.Any(raised => RowOf(raised) is { IsQuestion: true, Weight: not ExitWeight.None });
        Assert.Equal(!hasWeight, (first.Exit & ExitCode.Corrected) == 0);
        // After a question that was refused the second run marks the volume clean, which is a correction without a line.
        bool isSilent = second.Exit == ExitCode.Clean || (first.Left != 0 && second is { Corrected: 0, Left: 0 });
        Assert.True(isSilent || fixture.IsCompacting, $"the second run is not silent\n{transcript}\n--- second\n{again}");
        Assert.Equal(ExitCode.Clean, Judge.Check(device, CheckMode.No, out _).Exit);
        if (Judge.E2fsckSays(VolumeImage.Of(device)) is { } complaint)
        {
            Assert.Fail($"e2fsck is not content\n--- ours ({first.Exit})\n{transcript}\n--- e2fsck\n{complaint}");
        }
    }

    [Theory]
    [MemberData(nameof(Preened))]
    public void PreenRepairsOrStopsAsTheTableSays(string name)
    {
        Fixture fixture = FixtureTable.Named(name);
        VolumeImage volume = fixture.Damaged();
        AssertPreens(fixture, volume, volume.U16(StateField) == 0);
        volume.Set16(StateField, 0);
        AssertPreens(fixture, volume, true);
    }

    private const int StateField = 1024 + 58;

    private static void AssertPreens(Fixture fixture, VolumeImage volume, bool isAfterCrash)
    {
        using MemoryBlockDevice device = volume.ToDevice();
        CheckResult result = Judge.Run(device, fixture.Options(CheckMode.Preen), [], out string transcript);
        PreenAction[] actions = [.. result.Raised.Select(raised => RowOf(raised).Preen)];
        bool mayRepair = actions.All(action => action is PreenAction.Repair or PreenAction.Leave || (action == PreenAction.RepairAfterCrash && isAfterCrash));
        Assert.True(mayRepair == ((result.Exit & (ExitCode.Left | ExitCode.Operational)) == 0), transcript);
        // Where the superblock itself is in doubt nothing is written to it.
        if (mayRepair || !result.Raised.All(code => code.StartsWith("SB", StringComparison.Ordinal)))
        {
            Assert.Equal(mayRepair ? 1 : 2, VolumeImage.Of(device).U16(StateField) & 3);
        }
        if (mayRepair)
        {
            Assert.Equal(ExitCode.Clean, Judge.Check(device, CheckMode.No, out _).Exit);
        }
    }

    private static void AssertNothingIsWrittenWithNo(VolumeImage volume, Fixture fixture)
    {
        using MemoryBlockDevice device = volume.ToDevice();
        CheckResult result = Judge.Run(device, fixture.Options(CheckMode.No), [], out string transcript);
        Assert.True(VolumeImage.Of(device).Bytes.AsSpan().SequenceEqual(volume.Bytes), "-n wrote");
        bool hasWeight = result.Raised.Any(raised => RowOf(raised) is { IsQuestion: true, Weight: ExitWeight.Full });
        Assert.True(!hasWeight || fixture.IsClearing || IsImprovement(fixture) || (result.Exit & (ExitCode.Left | ExitCode.Operational)) != 0, transcript);
        Assert.Equal(ExitCode.Clean, result.Exit & ExitCode.Corrected);
    }

    private static bool IsImprovement(Fixture fixture) => fixture.Codes.All(code => ProblemTable.All.Single(row => row.Code == code).IsImprovement);

    private static void AssertTranscript(Fixture fixture, string file, string transcript)
    {
        string path = Path.Combine(fixture.Folder, file);
        if (IsWriting)
        {
            File.WriteAllText(path, transcript);
            return;
        }
        string expected = File.Exists(path) ? File.ReadAllText(path) : "";
        if (expected != transcript)
        {
            Assert.Fail($"{fixture.Name}/{file}: expected (-) and found (+); EXT2U_WRITE_FIXTURES=1 writes what is found\n{LineDifference.Of(expected, transcript)}\n{FixtureTools.Difference()}");
        }
    }

    private static Problem RowOf(string code) => ProblemTable.All.Single(row => row.Code == code);

    [GeneratedRegex("^(SB|I|B|D|C|L|A|U)[0-9]{3}$")]
    private static partial Regex CodeForm();
}
