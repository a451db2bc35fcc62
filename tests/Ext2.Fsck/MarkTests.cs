using Ext2Union.BlockDevices;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Marks that were not damaged survive the repair of everything else.</summary>
public sealed class MarkTests
{
    // Rows whose damage is the loss of a mark's own directory: what a root directory held is gone with it.
    private static readonly string[] Losing = ["I001", "C001", "D014"];

    /// <summary>The rows that leave all marks alone.</summary>
    public static TheoryData<string> Codes =>
        [.. FixtureTable.All.Where(fixture => !fixture.StaysDamaged && fixture.Code[0] != 'U' && !Losing.Contains(fixture.Code)).Select(fixture => fixture.Name)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void RepairsKeepThem(string code)
    {
        Fixture fixture = FixtureTable.Named(code);
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

    [Fact]
    public void CompactedDirectoriesKeepThemAndTheirNames()
    {
        VolumeImage volume = BaseVolumes.Groups;
        uint many = volume.Lookup("many");
        // What many removals leave: leaves with few names. A mark in the indexed directory, in place of a name, lies where the hash has it.
        for (int i = 1; i < 160; i++)
        {
            long? entry = volume.Has(many, $"a-name-of-some-length-{i}") ? volume.Entry(many, $"a-name-of-some-length-{i}") : null;
            if (entry is { } at && i % 8 != 0)
            {
                volume.Set32(at, 0);
                volume.Set8(at + 7, (byte)(i % 5 == 0 ? 8 : 0));
            }
        }
        _ = Judge.Repair(volume, "emptied", out VolumeImage sound);
        string[] before = MarksOf(sound);
        uint size = sound.U32(sound.Inode(many, VolumeImage.Size));
        using MemoryBlockDevice device = sound.ToDevice();
        var options = new CheckOptions { Mode = CheckMode.Yes, CompactDirectories = true, Name = "test.img" };
        Assert.Equal(ExitCode.Corrected, Checker.Run(device, options, Interaction.Silent).Exit);
        VolumeImage compacted = VolumeImage.Of(device);
        Assert.True(compacted.U32(compacted.Inode(many, VolumeImage.Size)) < size);
        Assert.Equal(before, MarksOf(compacted));
        Assert.Equal(ExitCode.Clean, Judge.Check(device, CheckMode.No, out _).Exit);
        Assert.Null(Judge.E2fsckSays(compacted));
    }

    // Kind and name; a directory may have moved to lost+found, marks and all, and stands alone there.
    private static string[] MarksOf(VolumeImage volume)
    {
        using MemoryBlockDevice device = volume.ToDevice();
        var lines = new List<string>();
        Assert.Equal(ExitCode.Clean, MarkList.Print(device, "test.img", lines.Add, Assert.Fail));
        return [.. lines.Where(line => line[0] is not ('o' or 'a')).Select(line => line.Split(' ')[0] + " " + line.Split('/')[^1]).Order(StringComparer.Ordinal)];
    }
}
