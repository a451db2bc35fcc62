using Ext2Union.BlockDevices;
using Ext2Union.HostDirectory;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs.Tests;

/// <summary>A tree of the host is the same tree in the image, as the kernel sees it.</summary>
public sealed class PopulatorTests
{
    [Theory]
    [InlineData(4096, 128)]
    [InlineData(1024, 256)]
    [InlineData(4096, 256)]
    public void TheKernelSeesTheSameTree(int blockBytes, int inodeBytes)
    {
        Need.LoopDevices();
        using var scratch = new ScratchDirectory("populate");
        TreeRecipe.Everything(scratch.Folder("tree"));
        Fill(scratch["image"], scratch["tree"], new FormatOptions { BlockBytes = blockBytes, InodeBytes = inodeBytes }, new PopulateOptions());
        E2fsck.AssertClean(scratch["image"]);
        Assert.Matches("Mount count: +0\nMaximum mount count", ProcessRunner.Check("/sbin/dumpe2fs", "-h", scratch["image"]));
        using var mount = new LoopMount(scratch["image"], scratch["mnt"]);
        Assert.Equal("lost+found", Path.GetFileName(Directory.GetDirectories(mount.FullPath, "lost+found").Single()));

        // lost+found is one more directory in the root; inodes of 128 bytes know whole seconds only.
        TreeOptions options = TreeOptions.WithoutLostAndFound | TreeOptions.LinkCounts
            | (inodeBytes == 128 ? TreeOptions.None : TreeOptions.Times | TreeOptions.DirectoryTimes);
        TreeSnapshot.AssertSame(TreeSnapshot.Of(scratch["tree"], options), TreeSnapshot.Of(mount.FullPath, options), $"{blockBytes} {inodeBytes}");
    }

    [Fact]
    public void TheSameTreeMakesTheSameBytes()
    {
        Need.Root();
        using var scratch = new ScratchDirectory("populate");
        TreeRecipe.Everything(scratch.Folder("tree"));
        _ = ProcessRunner.Check("/bin/cp", "-a", scratch["tree"], scratch["copy"]);
        var options = new FormatOptions { Time = 1_700_000_000, VolumeId = Guid.Empty, HashSeed = Guid.Empty };
        Fill(scratch["first"], scratch["tree"], options, new PopulateOptions { LatestTime = 1_700_000_000 });
        Thread.Sleep(1_100);
        Fill(scratch["second"], scratch["copy"], options, new PopulateOptions { LatestTime = 1_700_000_000 });
        ProcessResult comparison = ProcessRunner.Run("/usr/bin/cmp", scratch["first"], scratch["second"]);
        Assert.True(comparison.ExitCode == 0, comparison.All);
        E2fsck.AssertClean(scratch["first"]);
    }

    [Fact]
    public void WhatATopRemembersOfItsCopiesIsLeftBehind()
    {
        Need.LoopDevices();
        using var scratch = new ScratchDirectory("populate");
        _ = scratch.Folder("tree");
        _ = scratch.Folder("tree/.ext2u-index");
        _ = scratch.Folder("tree/sub/.ext2u-index");
        File.WriteAllText(scratch["tree/file"], "text");
        File.WriteAllText(scratch["tree/.ext2u-index/0001-000000000000000c"], "copy");
        foreach (string name in new[] { "trusted.ext2u.copy", "trusted.ext2u.root", "trusted.kept" })
        {
            _ = ProcessRunner.Check("/usr/bin/setfattr", "-n", name, "-v", "value", scratch["tree/file"]);
        }

        Fill(scratch["image"], scratch["tree"], new FormatOptions(), new PopulateOptions());
        E2fsck.AssertClean(scratch["image"]);
        using var mount = new LoopMount(scratch["image"], scratch["mnt"], "ext4");
        string shown = ProcessRunner.Check("/usr/bin/getfattr", "-d", "-m", "-", $"{mount.FullPath}/file");
        Assert.Contains("trusted.kept", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("trusted.ext2u", shown, StringComparison.Ordinal);
        Assert.Equal(["file", "lost+found", "sub"], Directory.GetFileSystemEntries(mount.FullPath).Select(Path.GetFileName).Order());
        Assert.True(Directory.Exists($"{mount.FullPath}/sub/.ext2u-index"));
    }

    [Fact]
    public void AFullVolumeNamesThePath()
    {
        using var scratch = new ScratchDirectory("populate");
        _ = scratch.Folder("tree");
        _ = scratch.Folder("tree/sub");
        File.WriteAllBytes(scratch["tree/sub/large"], Enumerable.Repeat((byte)1, 3 << 20).ToArray());
        FormatFault? fault = TryFill(scratch["image"], scratch["tree"], 1 << 20, new FormatOptions(), new PopulateOptions());
        Assert.Equal(Errno.ENOSPC, fault?.Error);
        Assert.Equal("sub/large: writing it failed: No space left on device", fault!.Message);
    }

    [Fact]
    public void TheRootKeepsAnOwnerThatWasAskedFor()
    {
        Need.LoopDevices();
        using var scratch = new ScratchDirectory("populate");
        File.WriteAllText(Path.Combine(scratch.Folder("tree"), "file"), "text");
        _ = ProcessRunner.Check("/bin/chmod", "1711", scratch["tree"]);
        Fill(scratch["image"], scratch["tree"], new FormatOptions { RootUserId = 70_000, RootGroupId = 12 }, new PopulateOptions { KeepRootOwner = true });
        using var mount = new LoopMount(scratch["image"], scratch["mnt"]);
        Assert.Equal("70000 12 1711\n", ProcessRunner.Check("/usr/bin/stat", "-c", "%u %g %a", mount.FullPath));
    }

    private static void Fill(string image, string tree, FormatOptions format, PopulateOptions options)
    {
        FormatFault? fault = TryFill(image, tree, 64 << 20, format, options);
        Assert.True(fault is null, fault?.Message);
    }

    private static FormatFault? TryFill(string image, string tree, long bytes, FormatOptions format, PopulateOptions options)
    {
        Assert.True(FileBlockDevice.TryCreate(image, bytes, out FileBlockDevice? device, out OpenRefusal? refusal), refusal?.Message);
        Assert.True(HostFileSystem.Open(tree).TryGet(out HostFileSystem source, out Errno error), $"{error}");
        using (device)
        using (source)
        {
            return FormatPlan.TryCreate(format, bytes, out FormatPlan? plan, out FormatFault? fault)
                ? Formatter.Format(device, plan, volume => VolumePopulation.Run(volume, source, options), null)
                : fault;
        }
    }
}
