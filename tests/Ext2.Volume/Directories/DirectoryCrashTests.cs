using System.Text;
using Ext2Union.BlockDevices;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests.Directories;

/// <summary>
/// A power loss while a directory grows: conversion to an index, leaves that split, a level that is added. What was durable and not touched since is there
/// afterwards, under its old name or, where it was renamed, its new one; e2fsck mends the rest.
/// </summary>
public sealed class DirectoryCrashTests
{
    private const int Rounds = 8;
    private const int ChangesPerRound = 130;

    [Theory]
    [InlineData(1, "")]
    [InlineData(2, "")]
    [InlineData(3, "^dir_index")]
    public void NoNameIsLostWhileADirectoryGrows(int seed, string features)
    {
        using var scratch = new ScratchDirectory("dircrash");
        new Mke2fs { BlockBytes = 1024, Bytes = 4 << 20, Features = features, Inodes = 4096 }.Make(scratch["image"]);
        byte[] bytes = File.ReadAllBytes(scratch["image"]);
        using MemoryBlockDevice start = new(bytes.Length);
        Assert.Equal(Errno.None, start.Write(0, bytes));
        RecordingBlockDevice recording = new(start.Clone());
        Assert.True(Ext2Volume.TryMount(recording, new Ext2MountOptions { CacheBytes = 1 << 17 }, out Ext2Volume? volume, out string? refusal), refusal);
        List<Epoch> epochs = Grow(volume, recording, new Random(seed));
        Random random = new(seed);
        for (int sample = 0; sample < 16; sample++)
        {
            int count = random.Next(epochs[0].From, recording.Count + 1);
            Epoch epoch = epochs.Last(epoch => epoch.From <= count);
            using MemoryBlockDevice crashed = start.Clone();
            Assert.Equal(Errno.None, sample % 2 == 0 ? recording.ReplayCrash(crashed, count, random) : recording.ReplayPrefix(crashed, count));
            Judge(crashed, epoch, scratch["crashed"], $"seed {seed}, crash {sample} at operation {count} of {recording.Count}");
        }

        volume.Dispose();
    }

    private static List<Epoch> Grow(Ext2Volume volume, RecordingBlockDevice recording, Random random)
    {
        Assert.True(volume.Root.Create("d"u8, new NewInode { Mode = ModeBits.Of(InodeKind.Directory, 0x1ED) }).TryGet(out Inode inode, out _));
        var directory = (DirectoryInode)inode;
        SortedDictionary<string, ulong> present = new(StringComparer.Ordinal);
        List<Epoch> epochs = [];
        for (int round = 0; round < Rounds; round++)
        {
            Assert.Equal(Errno.None, volume.Sync());
            Epoch epoch = new(recording.Count, present.ToDictionary(), []);
            epochs.Add(epoch);
            for (int i = 0; i < ChangesPerRound; i++)
            {
                Change(directory, random, present, epoch, $"{round}-{i}-{new string('n', random.Next(60))}");
            }
        }

        Assert.Equal(Errno.None, volume.Sync());
        epochs.Add(new Epoch(recording.Count, present.ToDictionary(), []));
        directory.Release();
        return epochs;
    }

    private static void Change(DirectoryInode directory, Random random, SortedDictionary<string, ulong> present, Epoch epoch, string name)
    {
        int choice = random.Next(10);
        if (choice > 1 || present.Count == 0)
        {
            Assert.True(directory.Create(Encoding.ASCII.GetBytes(name), new NewInode { Mode = ModeBits.Of(InodeKind.File, 0x1A4) }).TryGet(out Inode made, out Errno error), $"{error}");
            present[name] = made.Number;
            made.Release();
            return;
        }

        string old = present.Keys.ElementAt(random.Next(present.Count));
        if (choice == 0)
        {
            Assert.Equal(Errno.None, directory.Unlink(Encoding.ASCII.GetBytes(old)));
            _ = epoch.Removed.Add(present[old]);
        }
        else
        {
            Assert.Equal(Errno.None, directory.Rename(Encoding.ASCII.GetBytes(old), directory, Encoding.ASCII.GetBytes(name), RenameFlags.None));
            present[name] = present[old];
        }

        _ = present.Remove(old);
    }

    private static void Judge(MemoryBlockDevice crashed, Epoch epoch, string path, string where)
    {
        byte[] bytes = new byte[crashed.Length];
        Assert.Equal(Errno.None, crashed.Read(0, bytes));
        File.WriteAllBytes(path, bytes);
        ProcessResult check = ProcessRunner.Run("/sbin/e2fsck", "-fy", path);
        Assert.True(check.ExitCode is 0 or 1, $"{where}\n{check}");
        Assert.True(FileBlockDevice.TryOpen(path, DeviceAccess.ReadOnly, DeviceSharing.Shared, out FileBlockDevice? device, out _));
        Assert.True(Ext2Volume.TryMount(device, new Ext2MountOptions { IsReadOnly = true }, out Ext2Volume? volume, out string? refusal), refusal);
        Assert.True(volume.Root.Lookup("d"u8).TryGet(out Inode inode, out Errno error), $"{where}: {error}");
        HashSet<ulong> seen = [.. Listing.Of((DirectoryInode)inode).Select(entry => entry.Inode)];
        foreach ((string name, ulong number) in epoch.Durable)
        {
            Assert.True(seen.Contains(number) || epoch.Removed.Contains(number), $"{where}: {name} is lost\n{check}");
        }

        inode.Release();
        volume.Dispose();
    }

    /// <summary>What was durable when the device had done so many operations, and what was removed after that.</summary>
    private sealed record Epoch(int From, Dictionary<string, ulong> Durable, HashSet<ulong> Removed);
}
