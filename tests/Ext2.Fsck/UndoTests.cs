using Ext2Union.BlockDevices;
using Ext2Union.BlockDevices.Undo;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>-z and --undo: what a repair overwrote comes back byte for byte, however the repair ended.</summary>
public sealed class UndoTests : IDisposable
{
    private const int MostPoints = 25;
    private readonly ScratchDirectory scratch = new("fsck-undo");

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("-fy")]
    [InlineData("-p")]
    [InlineData("-fyD")]
    public void ARepairIsUndoneByteForByte(string options)
    {
        VolumeImage volume = Damaged(options == "-p" ? 0 : 11);
        string image = Saved(volume);
        ProcessResult repaired = Run(options, "-z", scratch["undo"], image);
        Assert.Contains($"This can be undone: fsck.ext2u --undo {scratch["undo"]} {image}\n", repaired.Output);
        Assert.NotEqual(volume.Bytes, File.ReadAllBytes(image));
        Assert.Equal("600\n", ProcessRunner.Check("/bin/stat", "-c", "%a", scratch["undo"]));
        ProcessResult undone = Run("--undo", scratch["undo"], image);
        Assert.Equal((0, ""), (undone.ExitCode, undone.Error));
        Assert.Equal(volume.Bytes, File.ReadAllBytes(image));
        Assert.Contains("was undone already", Run("--undo", scratch["undo"], image).Error);
    }

    [Fact]
    public void ACleanVolumeLeavesNoUndoFile()
    {
        Assert.Equal(0, Run("-p", "-z", scratch["undo"], Saved(BaseVolumes.Small)).ExitCode);
        Assert.False(File.Exists(scratch["undo"]));
    }

    [Fact]
    public void NothingThatIsThereIsOverwritten()
    {
        string image = Saved(Damaged(12));
        byte[] before = File.ReadAllBytes(image);
        File.WriteAllText(scratch["letter"], "dear reader");
        Assert.Contains("is there and is no undo file", Refused("-fy", "-z", scratch["letter"], image));
        Assert.Contains("is already open here", Refused("-fy", "-z", image, image));
        Assert.Contains("is a directory", Refused("-fy", "-z", scratch.FullPath, image));
        Assert.Equal("dear reader", File.ReadAllText(scratch["letter"]));
        Assert.Equal(before, File.ReadAllBytes(image));
        // An empty file, as mktemp makes it, may be used.
        File.WriteAllText(scratch["undo"], "");
        Assert.Equal(1, Run("-fy", "-z", scratch["undo"], image).ExitCode & 1);
        Assert.Contains("is the undo file of an earlier check", Refused("-fy", "-z", scratch["undo"], image));
    }

    [Fact]
    public void WhatCannotBeUndoneIsRefused()
    {
        VolumeImage volume = Damaged(13);
        string image = Saved(volume);
        _ = Run("-fy", "-z", scratch["undo"], image);
        byte[] repaired = File.ReadAllBytes(image);
        Assert.Contains("is no undo file", Refused("--undo", image, scratch["undo"]));
        byte[] undo = File.ReadAllBytes(scratch["undo"]);
        File.WriteAllBytes(scratch["short"], undo[..^100]);
        Assert.Contains("is cut short", Refused("--undo", scratch["short"], image));
        undo[5000] ^= 1;
        File.WriteAllBytes(scratch["damaged"], undo);
        Assert.Contains("is damaged", Refused("--undo", "-f", scratch["damaged"], image));
        BaseVolumes.Groups.Save(scratch["other"]);
        Assert.Contains("is for another volume", Refused("--undo", scratch["undo"], scratch["other"]));
        Assert.Equal(repaired, File.ReadAllBytes(image));
    }

    [Fact]
    public void AVolumeThatWasUsedSinceIsUndoneOnlyByForce()
    {
        VolumeImage volume = Damaged(14);
        string image = Saved(volume);
        _ = Run("-fy", "-z", scratch["undo"], image);
        // As a mount would leave it.
        VolumeImage mounted = VolumeImage.Load(image);
        mounted.Set16(VolumeImage.Super(52), 9);
        mounted.Save(image);
        Assert.Contains("is for another volume, or the volume was used since", Refused("--undo", scratch["undo"], image));
        File.AppendAllText(image, "longer");
        Assert.Contains("is longer than what", Refused("--undo", scratch["undo"], image));
        Assert.Contains("is longer than what", Refused("--undo", "-f", scratch["undo"], image));
        using (FileStream shorter = File.OpenWrite(image))
        {
            shorter.SetLength(volume.Bytes.Length - 1024);
        }
        Assert.Contains("is for a volume on", Refused("--undo", scratch["undo"], image));
        Assert.Equal(0, Run("--undo", "-f", scratch["undo"], image).ExitCode);
        Assert.Equal(volume.Bytes, File.ReadAllBytes(image));
    }

    [Theory]
    [InlineData(16, "--undo", "IMAGE")]
    [InlineData(16, "--undo", "-y", "undo", "IMAGE")]
    [InlineData(16, "-n", "-z", "undo", "IMAGE")]
    [InlineData(16, "-y", "-z", "", "IMAGE")]
    [InlineData(8, "--undo", "missing", "IMAGE")]
    [InlineData(8, "-y", "-z", "/nowhere/undo", "IMAGE")]
    public void WrongUseIsOneLine(int exit, params string[] words)
    {
        string image = Saved(BaseVolumes.Small);
        ProcessResult result = Run([.. words.Select(word => word == "IMAGE" ? image : word)]);
        Assert.Equal(exit, result.ExitCode);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
    }

    // Image and undo file lie behind one recorder; damage of the superblock is among it.
    [Theory]
    [InlineData(21, false)]
    [InlineData(22, true)]
    [InlineData(23, true)]
    public void ARepairThatWasCutOffAnywhereIsUndone(int seed, bool isPowerFailure)
    {
        VolumeImage volume = Damaged(seed);
        const long Room = 8 << 20;
        using var both = new MemoryBlockDevice(volume.Bytes.Length + Room);
        Assert.Equal(Errno.None, both.Write(0, volume.Bytes));
        using var recording = new RecordingBlockDevice(both.Clone());
        var device = new RangeBlockDevice(recording, 0, volume.Bytes.Length);
        Assert.True(UndoLog.Create(new RangeBlockDevice(recording, volume.Bytes.Length, Room), device).TryGet(out UndoLog? log, out _));
        _ = Judge.Check(new UndoBlockDevice(device, log), CheckMode.Yes, out _);
        Assert.Equal(Errno.None, log.Finish());
        var random = new Random(seed);
        for (int count = 0; count <= recording.Count; count += 1 + (recording.Count / MostPoints))
        {
            using MemoryBlockDevice left = both.Clone();
            Assert.Equal(Errno.None, isPowerFailure ? recording.ReplayCrash(left, count, random) : recording.ReplayPrefix(left, count));
            var image = new RangeBlockDevice(left, 0, volume.Bytes.Length);
            if (UndoFile.TryOpen(new RangeBlockDevice(left, volume.Bytes.Length, Room), out UndoFile? file, out _))
            {
                Assert.Null(file.Objection(image));
                Assert.Equal(Errno.None, file.Undo(image));
            }
            byte[] bytes = new byte[volume.Bytes.Length];
            Assert.Equal(Errno.None, image.Read(0, bytes));
            Assert.True(bytes.AsSpan().SequenceEqual(volume.Bytes), $"seed {seed}, {count} of {recording.Count} operations");
        }
    }

    private static VolumeImage Damaged(int seed)
    {
        VolumeImage volume = BaseVolumes.Groups;
        // At least one thing, which -p repairs; with a seed more, and the superblock is gone in every second case.
        volume.Set16(volume.Inode(volume.Lookup("small"), VolumeImage.Links), 5);
        volume.Set16(VolumeImage.Super(58), 0);
        if (seed > 0)
        {
            new Damage(volume, seed).Run();
        }
        if (seed > 0 && seed % 2 == 0)
        {
            volume.Set16(VolumeImage.Super(56), 0);
        }
        return volume;
    }

    private static ProcessResult Run(params string[] arguments) => ProcessRunner.Run(Repository.Tool("fsck.ext2u"), arguments);

    private static string Refused(params string[] arguments)
    {
        ProcessResult result = Run(arguments);
        Assert.Equal(8, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
        return result.Error;
    }

    private string Saved(VolumeImage volume)
    {
        string path = scratch["volume.img"];
        volume.Save(path);
        return path;
    }
}
