using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>The tool as fsck(8) and people call it: exit codes, lines, refusals.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly ScratchDirectory scratch = new("fsck-command");

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void ACleanVolumeIsBelievedAndSaysSoAsE2fsckDoes()
    {
        string image = Saved(BaseVolumes.Plain);
        ProcessResult ours = Run("-p", image);
        ProcessResult theirs = ProcessRunner.Run("/sbin/e2fsck", "-p", image);
        Assert.Equal(0, ours.ExitCode);
        Assert.Equal(theirs.Output, ours.Output);
    }

    [Fact]
    public void RepairIsOneAndWhatIsLeftIsFour()
    {
        VolumeImage volume = BaseVolumes.Small;
        volume.Set16(volume.Inode(volume.Lookup("small"), VolumeImage.Links), 5);
        string image = Saved(volume);
        Assert.Equal(4, Run("-fn", image).ExitCode);
        ProcessResult repaired = Run("-fy", image);
        Assert.Equal(1, repaired.ExitCode);
        Assert.Contains($"{image}: ***** FILE SYSTEM WAS MODIFIED *****", repaired.Output);
        Assert.Contains("union: 2 whiteouts, 2 fallthrus, 1 opaque directories", repaired.Output);
        Assert.Equal(5, repaired.Output.Split('\n').Count(line => line.StartsWith("Pass ", StringComparison.Ordinal)));
        Assert.Equal(0, Run("-fn", image).ExitCode);
    }

    [Theory]
    [InlineData(16, "-p", "-y")]
    [InlineData(16, "-n", "-a")]
    [InlineData(16, "--no-such-option", "-n")]
    [InlineData(16, "-n", "-E", "discard")]
    [InlineData(16, "-n", "-E", "clear_marks,discard")]
    [InlineData(16, "-p", "-E", "clear_marks")]
    [InlineData(16, "--list-marks", "-E", "clear_marks")]
    [InlineData(16, "-n", "-z", "undo")]
    public void WrongUsageIsSixteen(int exit, params string[] options)
    {
        ProcessResult result = Run([.. options, Saved(BaseVolumes.Small)]);
        Assert.Equal(exit, result.ExitCode);
        Assert.StartsWith("fsck.ext2u: ", result.Error);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void WithoutATerminalItMustBeToldWhatToDo()
    {
        ProcessResult result = Run(Saved(BaseVolumes.Small));
        Assert.Equal(8, result.ExitCode);
        Assert.Equal("fsck.ext2u: a terminal is needed to ask questions; give -p, -n or -y\n", result.Error);
    }

    [Fact]
    public void WhatIsNotThereOrNoVolumeIsEight()
    {
        Assert.Equal(8, Run("-n", scratch["missing"]).ExitCode);
        File.WriteAllBytes(scratch["noise"], new byte[1 << 20]);
        ProcessResult result = Run("-n", scratch["noise"]);
        Assert.Equal(8, result.ExitCode);
        Assert.Contains("No sound superblock was found", result.Output);
    }

    [Fact]
    public void MarksAreListedFromTheImageAlone()
    {
        ProcessResult result = Run("--list-marks", Saved(BaseVolumes.Groups));
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(
            ["fallthru /a/b/deep", "fallthru /union/below", "opaque /union/merged", "whiteout /gone-too", "whiteout /union/gone"],
            result.Output.TrimEnd().Split('\n').Order(StringComparer.Ordinal));
    }

    [Fact]
    public void CopiesAndLowersAreListedWithWhatTheyTakeFromWhere()
    {
        ProcessResult result = Run("--list-marks", Saved(BaseVolumes.Copies));
        Assert.Equal(0, result.ExitCode);
        const string Lower = "lower 1: ext2 volume 2dbb7ef3-26c5-4ed4-a2a7-2e7ed9e5a5a3";
        string[] lines = result.Output.TrimEnd().Split('\n');
        Assert.Equal(
            ["lower 1\text2 volume 2dbb7ef3-26c5-4ed4-a2a7-2e7ed9e5a5a3\tin the last stack", "lower 3\tdirectory of the host with inode number 4711"],
            lines[..2]);
        Assert.Equal(
            [
                $"incomplete /copies/both\t10240 bytes below\t{Lower}\tinode 33\n",
                $"incomplete /copies/owed\t16384 bytes below\t{Lower}\tinode 18\n",
                $"indexed /.ext2u-index/{CopiedTree.LinkedKey}\t0 bytes below\t{Lower}\tinode 32\t1 names below\n",
                $"indexed /.ext2u-index/{CopiedTree.BothKey}\t10240 bytes below\t{Lower}\tinode 33\t1 names below\n",
                $"indexed /.ext2u-index/{CopiedTree.BelowKey}\t3072 bytes below\t{Lower}\tinode 34\t2 names below\n",
            ],
            lines.Where(line => line.StartsWith("in", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(line => line + '\n'));
    }

    [Fact]
    public void MarksGoOnlyWithTheirOption()
    {
        string image = Saved(BaseVolumes.Groups);
        Assert.Equal(0, Run("-fy", image).ExitCode);
        Assert.NotEqual("", Run("--list-marks", image).Output);
        ProcessResult shown = Run("-n", "-E", "clear_marks", image);
        Assert.Equal(0, shown.ExitCode);
        Assert.Contains("Remove them, and the features with them? no", shown.Output);
        Assert.Equal(1, Run("-y", "-E", "clear_marks", image).ExitCode);
        Assert.Equal("", Run("--list-marks", image).Output);
        Assert.Equal(0, ProcessRunner.Run("/sbin/e2fsck", "-fn", image).ExitCode);
    }

    [Theory]
    [InlineData("-p")]
    [InlineData("-y")]
    [InlineData("-r")]
    [InlineData("-f")]
    [InlineData("-D")]
    public void ListingMarksTakesNoOptionOfARepair(string option)
    {
        ProcessResult result = Run("--list-marks", option, Saved(BaseVolumes.Groups));
        Assert.Equal(16, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains($"{option} does not go with --list-marks", result.Error);
    }

    [Fact]
    public void ProgressGoesWhereItWasAsked()
    {
        string image = Saved(BaseVolumes.Small);
        string tool = Repository.Tool("fsck.ext2u");
        string lines = ProcessRunner.Bash($"'{tool}' -fn -C 3 '{image}' 3>&1 >/dev/null");
        string[] passes = [.. lines.TrimEnd().Split('\n').Select(line => line.Split(' ')[0]).Distinct()];
        Assert.Equal(["1", "2", "3", "4", "5"], passes);
        Assert.All(lines.TrimEnd().Split('\n'), line => Assert.EndsWith(" " + image, line));
    }

    [Fact]
    public void ABackupCanBeNamed()
    {
        VolumeImage volume = BaseVolumes.Groups;
        volume.Bytes.AsSpan(1024, 1024).Clear();
        string image = Saved(volume);
        Assert.Equal(1, Run("-y", "-b", "8193", "-B", "1024", image).ExitCode);
        Assert.Equal(0, Run("-fn", image).ExitCode);
    }

    private static ProcessResult Run(params string[] arguments) => ProcessRunner.Run(Repository.Tool("fsck.ext2u"), arguments);

    private string Saved(VolumeImage volume)
    {
        string path = scratch["volume.img"];
        volume.Save(path);
        return path;
    }
}
