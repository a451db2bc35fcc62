using Ext2Union.Ext2.OnDisk;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests;

/// <summary>Inodes without a name: detached, unlinked while open, left by a crash.</summary>
public class NamelessInodeTests
{
    [Fact]
    public void ADetachedFileGoesWithItsLastReference()
    {
        using var image = new VolumeImage(new Mke2fs());
        Ext2Volume volume = image.Mount();
        Assert.Equal(Errno.None, volume.GetStatistics(out Statistics before));
        FileInode file = Detached(volume);
        Assert.Equal(Errno.None, file.Write(0, new byte[300_000], out _));
        Assert.Equal(Errno.None, file.GetAttributes(out Attributes attributes));
        Assert.Equal(0u, attributes.LinkCount);
        Assert.Equal(Errno.None, volume.GetStatistics(out Statistics during));
        Assert.Equal(before.FreeInodes - 1, during.FreeInodes);
        ulong number = file.Number;
        Assert.Equal(Errno.None, volume.Sync());
        file.Release();
        Assert.Equal(Errno.None, volume.GetStatistics(out Statistics after));
        Assert.Equal((before.FreeBlocks, before.FreeInodes), (after.FreeBlocks, after.FreeInodes));
        Assert.Equal(Errno.ESTALE, volume.Find(number).Error);
        VolumeImage.End(volume);
        image.AssertClean();
    }

    [Fact]
    public void WhatIsStillOpenAtTheEndOfTheMountIsFreed()
    {
        using var image = new VolumeImage(new Mke2fs(), tree => File.WriteAllText(Path.Combine(tree, "x"), ""));
        Ext2Volume volume = image.Mount();
        FileInode first = Detached(volume);
        FileInode second = Detached(volume);
        FileInode third = Detached(volume);
        Assert.Equal(Errno.None, second.Write(5, "held"u8, out _));
        second.Release();
        Assert.Equal(Errno.None, volume.Sync());
        Assert.Equal(Errno.None, first.Write(100_000, "held"u8, out _));
        VolumeImage.End(volume);
        first.Release();
        third.Release();
        image.AssertClean();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void OrphansOfACrashAreFreedByTheNextMount(int seed)
    {
        using var image = new VolumeImage(new Mke2fs { BlockBytes = 1024, Bytes = 16 << 20 });
        Ext2Volume volume = image.Mount();
        var random = new Random(seed);
        var files = new List<FileInode>();
        for (int round = 0; round < 60; round++)
        {
            if (files.Count > 0 && random.Next(3) == 0)
            {
                int index = random.Next(files.Count);
                files[index].Release();
                files.RemoveAt(index);
            }
            else
            {
                FileInode file = Detached(volume);
                Assert.Equal(Errno.None, file.Write(random.Next(500_000), new byte[random.Next(20_000) + 1], out _));
                files.Add(file);
            }

            if (random.Next(10) == 0)
            {
                Assert.Equal(Errno.None, volume.Sync());
            }
        }

        Assert.Equal(Errno.None, volume.Sync());
        volume.Dispose();

        // Stock e2fsck frees them too, without a question.
        string copy = image.Scratch("copy");
        File.Copy(image.Path, copy, true);
        ProcessResult preen = ProcessRunner.Run("/sbin/e2fsck", "-fp", copy);
        Assert.True(preen.ExitCode is 0 or 1, $"seed {seed}: {preen}");
        volume = image.Mount();
        Assert.Equal(Errno.None, volume.GetStatistics(out Statistics after));
        VolumeImage.End(volume);
        Assert.Empty(image.Log.Lines);

        // The state bit of the crash remains until a check; nothing else does.
        _ = image.Debugfs("stats");
        ProcessResult check = ProcessRunner.Run("/sbin/e2fsck", "-fn", image.Path);
        Assert.True(check.ExitCode == 0, $"seed {seed}: {check}");
        Assert.True(after.FreeInodes > 0);
    }

    [Fact]
    public void AnOrphanThatGetsANameIsNoOrphanAnyMore()
    {
        using var image = new VolumeImage(new Mke2fs());
        Ext2Volume volume = image.Mount();
        FileInode first = Detached(volume);
        FileInode second = Detached(volume);
        FileInode third = Detached(volume);
        using (volume.Gate.Enter())
        {
            Assert.Equal(Errno.None, volume.AddLink((IExt2Inode)second, false));
            Assert.Equal(third.Number, volume.SuperblockLocked.LastOrphan);
            Assert.Equal(Errno.None, volume.AddLink((IExt2Inode)third, false));
            Assert.Equal(first.Number, volume.SuperblockLocked.LastOrphan);
            Assert.Equal(Errno.None, volume.RemoveLinks((IExt2Inode)second, 1, false));
            Assert.Equal(Errno.None, volume.RemoveLinks((IExt2Inode)third, 1, false));
        }

        Assert.Equal(Errno.None, volume.Sync());
        first.Release();
        second.Release();
        third.Release();
        VolumeImage.End(volume);
        image.AssertClean();
    }

    [Fact]
    public void ManySymlinksAndDevicesAreBornAndGo()
    {
        using var image = new VolumeImage(new Mke2fs { BlockBytes = 1024, Bytes = 8 << 20, Inodes = 200 });
        Ext2Volume volume = image.Mount();
        byte[] buffer = new byte[4096];
        for (int round = 0; round < 600; round++)
        {
            byte[] target = new byte[1 + (round % 1023)];
            Array.Fill(target, (byte)'t');
            SymlinkInode link = Assert.IsAssignableFrom<SymlinkInode>(Make(volume, ModeBits.Of(InodeKind.Symlink, 0x1FF), 1, target));
            Assert.Equal(Errno.None, link.ReadTarget(buffer, out int length));
            Assert.True(target.AsSpan().SequenceEqual(buffer.AsSpan(0, length)));
            Assert.Equal(Errno.ERANGE, target.Length > 1 ? link.ReadTarget(buffer.AsSpan(0, 1), out _) : Errno.ERANGE);
            Inode device = Make(volume, ModeBits.Of(InodeKind.CharacterDevice, 0x180), 1, default);
            Assert.Equal(Errno.None, device.GetAttributes(out Attributes attributes));
            Assert.Equal(new DeviceNumber(300, 70000), attributes.Device);
            Drop(volume, link);
            Drop(volume, device);
        }

        using (volume.Gate.Enter())
        {
            Assert.Equal(Errno.ENAMETOOLONG, volume.AllocateInode(InodeNumber.Root, new NewInode { Mode = ModeBits.Of(InodeKind.Symlink, 0x1FF), Target = new byte[1024] }, 1).Error);
        }

        VolumeImage.End(volume);
        image.AssertClean();
    }

    [Fact]
    public void FilesWrittenInTurnsDoNotLieInterleaved()
    {
        using var image = new VolumeImage(new Mke2fs { Bytes = 128 << 20 });
        Ext2Volume volume = image.Mount();
        FileInode[] files = [Detached(volume), Detached(volume), Detached(volume)];
        byte[] data = new byte[16384];
        for (int round = 0; round < 500; round++)
        {
            foreach (FileInode file in files)
            {
                Assert.Equal(Errno.None, file.Write(round * data.Length, data, out _));
            }
        }

        foreach (FileInode file in files)
        {
            Assert.InRange(RunsOf(volume, file, 2000), 1, 40);
            file.Release();
        }

        VolumeImage.End(volume);
        image.AssertClean();
    }

    private static int RunsOf(Ext2Volume volume, FileInode file, uint blocks)
    {
        using (volume.Gate.Enter())
        {
            using InodeLease inode = volume.ReadInode(new InodeNumber((uint)file.Number));
            int runs = 0;
            uint next = 0;
            for (uint at = 0; at < blocks;)
            {
                Assert.Equal(Errno.None, volume.Map.Map(new InodeNumber((uint)file.Number), inode, new FileBlock(at), blocks - at, out BlockRun run));
                Assert.False(run.IsHole);
                runs += run.Start.Value == next ? 0 : 1;
                next = run.Start.Value + run.Count;
                at += run.Count;
            }

            return runs;
        }
    }

    private static FileInode Detached(Ext2Volume volume) =>
        Assert.IsAssignableFrom<FileInode>(Make(volume, ModeBits.Of(InodeKind.File, 0x1A4), 0, default));

    private static Inode Make(Ext2Volume volume, uint mode, int links, byte[]? target)
    {
        using (volume.Gate.Enter())
        {
            Assert.Equal(Errno.None, volume.BeginChange());
            var what = new NewInode { Mode = mode, UserId = 1, GroupId = 2, Target = target, Device = new DeviceNumber(300, 70000) };
            Result<Inode> made = volume.AllocateInode(InodeNumber.Root, what, links);
            Assert.Equal(Errno.None, made.Error);
            return made.Value;
        }
    }

    private static void Drop(Ext2Volume volume, Inode inode)
    {
        using (volume.Gate.Enter())
        {
            Assert.Equal(Errno.None, volume.RemoveLinks((IExt2Inode)inode, 1, false));
        }

        inode.Release();
    }
}
