using Ext2Union.Ext2.OnDisk;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests;

/// <summary>What is mounted, what is refused and in which words, and what a mount leaves in the superblock.</summary>
public class MountingTests
{
    [Theory]
    [InlineData("extents", "extent")]
    [InlineData("64bit,extents", "64bit")]
    [InlineData("metadata_csum", "metadata_csum")]
    [InlineData("inline_data", "inline_data")]
    [InlineData("bigalloc,extents", "extent")]
    [InlineData("encrypt", "encrypt")]
    public void WhatCannotBeHonouredIsRefusedByName(string features, string name)
    {
        using var image = new VolumeImage(new Mke2fs { Features = features });
        Assert.False(image.TryMount(new Ext2MountOptions { IsReadOnly = true }, out _, out string? refusal));
        Assert.Contains(name, refusal);
        Assert.EndsWith(".", refusal);
    }

    [Theory]
    [InlineData("has_journal", "has_journal")]
    [InlineData("huge_file", "huge_file")]
    [InlineData("quota", "quota")]
    [InlineData("dir_nlink", "dir_nlink")]
    public void SomeVolumesAreMountedReadOnlyOnly(string features, string name)
    {
        using var image = new VolumeImage(new Mke2fs { Features = features });
        Assert.False(image.TryMount(new Ext2MountOptions(), out _, out string? refusal));
        Assert.Contains(name, refusal);
        Assert.Contains("ro", refusal);
        VolumeImage.End(image.Mount(new Ext2MountOptions { IsReadOnly = true }));
        E2fsck.AssertClean(image.Path);
    }

    [Fact]
    public void AMountForWritingIsSeenOnTheDiskUntilItEnds()
    {
        using var image = new VolumeImage(new Mke2fs());
        Ext2Volume volume = image.Mount(new Ext2MountOptions { MountPoint = "/mnt/here" });
        Assert.True(volume.WasClean);
        Assert.Contains("not clean", image.Debugfs("show_super_stats -h"));
        VolumeImage.End(volume);
        string text = image.Debugfs("show_super_stats -h");
        Assert.Matches(@"Filesystem state:\s+clean", text);
        Assert.Matches(@"Mount count:\s+1", text);
        Assert.Matches(@"Last mounted on:\s+/mnt/here", text);
        image.AssertClean();
    }

    [Fact]
    public void ACrashIsRememberedAndADirtyLowerRefused()
    {
        using var image = new VolumeImage(new Mke2fs());
        image.Mount().Dispose();
        Assert.False(image.TryMount(new Ext2MountOptions { IsLower = true }, out _, out string? refusal));
        Assert.Contains("fsck.ext2u", refusal);
        Ext2Volume again = image.Mount();
        Assert.False(again.WasClean);
        VolumeImage.End(again);
        Assert.Contains("not clean", image.Debugfs("show_super_stats -h"));
    }

    [Fact]
    public void AReadOnlyMountWritesNothing()
    {
        using var image = new VolumeImage(new Mke2fs { Bytes = 8 << 20 });
        byte[] before = File.ReadAllBytes(image.Path);
        VolumeImage.End(image.Mount(new Ext2MountOptions { IsReadOnly = true }));
        VolumeImage.End(image.Mount(new Ext2MountOptions { IsLower = true }));
        Assert.True(before.AsSpan().SequenceEqual(File.ReadAllBytes(image.Path)));
    }

    [Theory]
    [InlineData(IncompatFeatures.Whiteout)]
    [InlineData(IncompatFeatures.Fallthru)]
    public void AFeatureBitReachesEveryBackupAtOnce(IncompatFeatures feature)
    {
        using var image = new VolumeImage(new Mke2fs { BlockBytes = 1024, Bytes = 64 << 20 });
        Ext2Volume volume = image.Mount();
        using (volume.Gate.Enter())
        {
            Assert.Equal(Errno.None, volume.EnsureFeature(feature));
        }

        Assert.True((volume.Incompat & IncompatFeatures.Whiteout) != 0);
        volume.Dispose();
        using var file = new FileStream(image.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[Superblock.Bytes];
        foreach (int block in new[] { 1, 8193, 24577, 40961, 57345 })
        {
            file.Position = block * 1024L;
            file.ReadExactly(bytes);
            Assert.True(((IncompatFeatures)Overlay.ReadSuperblock(bytes).Incompat.Value & feature) != 0, $"copy at block {block}");
        }
    }

    [Fact]
    public void StatisticsAreThoseOfTheKernel()
    {
        Need.LoopDevices();
        using var image = new VolumeImage(new Mke2fs { BlockBytes = 1024, Bytes = 64 << 20 }, tree => File.WriteAllBytes(Path.Combine(tree, "a"), new byte[100_000]));
        Ext2Volume volume = image.Mount(new Ext2MountOptions { IsReadOnly = true });
        Assert.Equal(Errno.None, volume.GetStatistics(out Statistics ours));
        VolumeImage.End(volume);
        using var mount = new LoopMount(image.Path, image.Scratch("mount"));
        string theirs = ProcessRunner.Check("/usr/bin/stat", "-f", "-c", "%S %b %f %a %c %d %l", mount.FullPath).Trim();
        Assert.Equal(theirs, $"{ours.BlockSize} {ours.Blocks} {ours.FreeBlocks} {ours.AvailableBlocks} {ours.Inodes} {ours.FreeInodes} {ours.MaximumNameBytes}");
    }

    [Fact]
    public void NumbersThatAreFreeAreStale()
    {
        using var image = new VolumeImage(new Mke2fs());
        Ext2Volume volume = image.Mount();
        Assert.Equal(Errno.ESTALE, volume.Find(0).Error);
        Assert.Equal(Errno.ESTALE, volume.Find(7).Error);
        Assert.Equal(Errno.ESTALE, volume.Find(500).Error);
        Assert.Equal(Errno.ESTALE, volume.Find(1L << 33).Error);
        VolumeImage.End(volume);
        image.AssertClean();
    }
}
