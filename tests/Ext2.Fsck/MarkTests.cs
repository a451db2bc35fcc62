using Ext2Union.BlockDevices;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Marks that were not damaged survive the repair of everything else.</summary>
public sealed class MarkTests
{
    // Rows whose damage is the loss of a mark's own directory: what a root directory held is gone with it.
    private static readonly string[] Losing = ["I001", "C001", "D014"];

    /// <summary>The rows that leave all marks alone.</summary>
    public static TheoryData<string> Codes =>
        [.. FixtureTable.All.Where(fixture => !fixture.StaysDamaged && fixture.Code[0] != 'U' && !Losing.Contains(fixture.Code)).Select(fixture => fixture.Code)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void RepairsKeepThem(string code)
    {
        Fixture fixture = FixtureTable.All.Single(candidate => candidate.Code == code);
        VolumeImage volume = fixture.Base();
        string[] before = MarksOf(volume);
        fixture.Edit(volume);
        using MemoryBlockDevice device = volume.ToDevice();
        _ = Judge.Check(device, CheckMode.Yes, out string transcript);
        Assert.True(before.SequenceEqual(MarksOf(VolumeImage.Of(device))), transcript);
    }

    [Fact]
    public void ASuperblockFromAnOldBackupCostsNoWhiteout()
    {
        VolumeImage volume = BaseVolumes.Groups;
        string[] before = MarksOf(volume);
        long backup = volume.At(8193);
        volume.Set32(backup + 96, volume.U32(backup + 96) & ~0x820u);
        volume.Bytes.AsSpan(1024, 1024).Clear();
        CheckResult result = Judge.Repair(volume, "old backup", out VolumeImage repaired);
        Assert.Equal(["SB001", "U001", "U002"], result.Raised.Where(code => code[0] is 'S' or 'U'));
        Assert.Equal(before, MarksOf(repaired));
        Assert.Equal(0x820u, repaired.U32(VolumeImage.Super(96)) & 0x820);
        Assert.Equal(0x820u, repaired.U32(backup + 96) & 0x820);
    }

    // Kind and name; a directory may have moved to lost+found, marks and all.
    private static string[] MarksOf(VolumeImage volume)
    {
        using MemoryBlockDevice device = volume.ToDevice();
        var lines = new List<string>();
        Assert.Equal(ExitCode.Clean, MarkList.Print(device, "test.img", lines.Add, Assert.Fail));
        return [.. lines.Where(line => line[0] != 'o').Select(line => line.Split(' ')[0] + " " + line.Split('/')[^1]).Order(StringComparer.Ordinal)];
    }
}
