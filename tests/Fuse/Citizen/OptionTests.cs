using Ext2Union.Tests.Support;

namespace Ext2Union.Fuse.Tests.Citizen;

/// <summary>Options of mount.ext2u: each is honoured, or refused with a reason.</summary>
public sealed class OptionTests : IDisposable
{
    private readonly MountPlace place = new();

    public void Dispose() => place.Dispose();

    [Theory]
    [InlineData("strictatime", "access times are not written by reading")]
    [InlineData("lazytime", "times are written with the rest")]
    [InlineData("loop", "images are mounted without a loop device")]
    [InlineData("loop=/dev/loop7", "images are mounted without a loop device")]
    [InlineData("offset=512", "say img_offset= or partition=")]
    [InlineData("sizelimit=512", "say img_size=")]
    [InlineData("errors=panic", "say errors=remount-ro")]
    [InlineData("metacopy=on", "say copyup=partial or copyup=full")]
    [InlineData("redirect_dir=on", "say redirect=on or redirect=off")]
    [InlineData("userxattr", "no privilege is needed")]
    [InlineData("index=on", "hard links always are kept")]
    [InlineData("nfs_export=on", "file handles always are given")]
    [InlineData("xino=off", "inode numbers always are unique")]
    [InlineData("uidmapping=0:1000:1", "say uid= and gid=, or squash_to_root")]
    [InlineData("partition=0", "makes no sense")]
    [InlineData("partition=1,img_offset=512", "leave one of them out")]
    public void WhatIsNotAvailableHasAReason(string option, string says) =>
        Assert.Contains(says, place.Refused(1, "/nowhere/image", place.Folder, "-o", option));

    [Fact]
    public void TheCallOfAMountProgramIsUnderstood()
    {
        // containers/storage: PROGRAM -o lowerdir=A:B,upperdir=U,workdir=W DIR, from a folder to which the lowers are relative.
        string image = place.Image();
        File.WriteAllText(place["program"], $"#!/bin/sh\nexec {MountPlace.Tool} \"$@\"\n");
        string output = ProcessRunner.Bash($"""
            mkdir -p l/A l/B; echo a > l/A/file; echo b > l/B/file; echo b > l/B/other
            sh program -o lowerdir=l/A:l/B,upperdir=image,workdir=work,nodev {place.Folder}
            cat mnt/file mnt/other; echo new > mnt/new
            """, place.Scratch);
        Assert.Equal("a\nb\n", output);
        Assert.Contains(",nodev,", place.Line);
        place.Unmount();
        Assert.Equal("new\n", ProcessRunner.Bash($"debugfs -R 'cat new' {image} 2>/dev/null"));

        // Without a top, as for an image that is only looked at; and a directory cannot be the top.
        ProcessRunner.Bash($"sh program -o lowerdir=l/A:l/B {place.Folder}; ! touch mnt/x 2>/dev/null; umount mnt", place.Scratch);
        Assert.Contains("is a directory, which can only be a lower", place.Refused(32, "-o", $"lowerdir={place["l"]},upperdir={place["l"]}", place.Folder));
        Assert.Contains("what to mount and where", place.Refused(1, "-o", "ro", place.Folder));
    }

    [Theory]
    [InlineData(false, 6)]
    [InlineData(true, 2)]
    public void APartitionIsMounted(bool guid, int number)
    {
        Need.Command("mke2fs");
        (long start, long count) = (guid ? PartitionedDisk.WriteGuidTable(place["disk"]) : PartitionedDisk.WriteBootRecord(place["disk"]))[guid ? 1 : 3];
        ProcessRunner.Bash($"mke2fs -qF -t ext2 -b 1024 -E offset={start * 512} {place["disk"]} {count / 2} 2>/dev/null");
        place.MountHere(place["disk"], $"partition={number}");
        ProcessRunner.Bash("echo content > file; df --output=size -B1 . | tail -1", place.Folder);
        place.Unmount();
        ProcessRunner.Bash($"dd if=disk of=part bs=512 skip={start} count={count} status=none; e2fsck -fn part", place.Scratch);
        Assert.Equal("content\n", ProcessRunner.Bash($"debugfs -R 'cat file' {place["part"]} 2>/dev/null"));
        Assert.Contains("partition 9 is not in its partition table", place.Refused(32, place["disk"], place.Folder, "-o", "partition=9"));
        Assert.Contains("holds no ext2 volume", place.Refused(32, place["disk"], place.Folder, "-o", "partition=1"));
    }

    [Theory]
    [InlineData("", "no signature 55 AA")]
    [InlineData("dd if=/dev/zero of=disk bs=512 seek=1 count=1 conv=notrunc status=none; truncate -s -512 disk", "damaged GPT")]
    public void AFaultOfThePartitionTableIsNamed(string damage, string says)
    {
        if (damage.Length > 0)
        {
            _ = PartitionedDisk.WriteGuidTable(place["disk"]);
            ProcessRunner.Bash(damage, place.Scratch);
        }
        else
        {
            ProcessRunner.Bash("truncate -s 1M disk", place.Scratch);
        }

        string line = place.Refused(32, place["disk"], place.Folder, "-o", "partition=1");
        Assert.Contains(says, line);
        Assert.EndsWith($"see fdisk -l {place["disk"]}", line);
    }
}
