using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests;

/// <summary>Files against a model in memory while mounted, against debugfs and e2fsck afterwards.</summary>
public class FileContentTests
{
    private const int ModelBytes = 700_000;

    [Theory]
    [InlineData(1024, 128, 1, 11, "")]
    [InlineData(1024, 256, 1, 12, "meta_bg,^resize_inode")]
    [InlineData(2048, 256, 1, 13, "^sparse_super,^resize_inode")]
    [InlineData(4096, 256, 1, 14, "^dir_index,^large_file")]
    [InlineData(4096, 1024, 1, 15, "flex_bg")]
    [InlineData(1024, 128, 0, 16, "")]
    [InlineData(16384, 256, 1, 17, "")]
    [InlineData(65536, 512, 1, 18, "")]
    public void RandomChangesLeaveWhatTheModelHolds(int blockBytes, int inodeBytes, int revision, int seed, string features)
    {
        using var image = new VolumeImage(
            new Mke2fs { BlockBytes = blockBytes, InodeBytes = inodeBytes, Revision = revision, Features = features, Bytes = 24 << 20 },
            tree => File.WriteAllText(Path.Combine(tree, "file"), ""));
        ulong number = image.NumberOf("/file");
        var random = new Random(seed);
        byte[] model = new byte[ModelBytes];
        int size = 0;
        for (int mount = 0; mount < 3; mount++)
        {
            Ext2Volume volume = image.Mount();
            FileInode file = VolumeImage.Open(volume, number);
            for (int round = 0; round < 150; round++)
            {
                size = Change(file, random, model, size);
                Compare(file, random, model, size, $"seed {seed}, mount {mount}, round {round}");
                if (random.Next(20) == 0)
                {
                    Assert.Equal(Errno.None, volume.Sync());
                }
            }

            file.Release();
            VolumeImage.End(volume);
            image.AssertClean();
            Assert.True(model.AsSpan(0, size).SequenceEqual(image.Content("/file")), $"seed {seed}, mount {mount}: debugfs sees other content");
        }
    }

    [Fact]
    public void TheKernelsFilesReadAsTheKernelWroteThem()
    {
        byte[] large = new byte[3_000_000];
        new Random(5).NextBytes(large);
        using var image = new VolumeImage(new Mke2fs { BlockBytes = 1024, Bytes = 24 << 20 }, tree =>
        {
            File.WriteAllBytes(Path.Combine(tree, "large"), large);
            using FileStream sparse = File.Create(Path.Combine(tree, "sparse"));
            sparse.Position = 1_500_000_000;
            sparse.Write("end"u8);
        });
        Ext2Volume volume = image.Mount(new Ext2MountOptions { IsReadOnly = true });
        FileInode file = VolumeImage.Open(volume, image.NumberOf("/large"));
        byte[] read = new byte[large.Length + 10];
        Assert.Equal(Errno.None, file.Read(0, read, out int count));
        Assert.Equal(large.Length, count);
        Assert.True(large.AsSpan().SequenceEqual(read.AsSpan(0, count)));
        FileInode holes = VolumeImage.Open(volume, image.NumberOf("/sparse"));
        Assert.Equal(Errno.None, holes.Seek(0, SeekKind.Data, out long data));
        Assert.InRange(data, 1_499_998_000, 1_500_000_000);
        Assert.Equal(Errno.None, holes.Seek(data, SeekKind.Hole, out long end));
        Assert.Equal(1_500_000_003, end);
        Assert.Equal(Errno.EROFS, holes.SetSize(0));
        file.Release();
        holes.Release();
        VolumeImage.End(volume);
        image.AssertClean();
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(4096)]
    public void AFileGrowsPastFourGiBAndShrinksAgain(int blockBytes)
    {
        using var image = new VolumeImage(
            new Mke2fs { BlockBytes = blockBytes, Bytes = 32 << 20 }, tree => File.WriteAllText(Path.Combine(tree, "file"), "abc"));
        ulong number = image.NumberOf("/file");
        Ext2Volume volume = image.Mount();
        FileInode file = VolumeImage.Open(volume, number);
        long[] places = [10_000, 1_000_000, 100_000_000, (1L << 31) - 3, (1L << 32) - 2, 9_000_000_000];
        foreach (long place in places)
        {
            Assert.Equal(Errno.None, file.Write(place, "mark!"u8, out int written));
            Assert.Equal(5, written);
        }

        Assert.Equal(Errno.EFBIG, file.Write(volume.MaximumFileBytes, "x"u8, out _));
        Assert.Equal(Errno.EFBIG, file.SetSize(volume.MaximumFileBytes + 1));
        Assert.Equal(Errno.None, file.SetSize(volume.MaximumFileBytes));
        Assert.Equal(Errno.None, file.SetSize(9_000_000_003));
        byte[] buffer = new byte[5];
        foreach (long place in places[..^1])
        {
            Assert.Equal(Errno.None, file.Read(place, buffer, out _));
            Assert.Equal("mark!"u8.ToArray(), buffer);
        }

        Assert.Equal(Errno.None, file.Read(9_000_000_000, buffer, out int count));
        Assert.Equal(3, count);
        file.Release();
        VolumeImage.End(volume);
        image.AssertClean();
        volume = image.Mount();
        file = VolumeImage.Open(volume, number);
        Assert.Equal(Errno.None, volume.GetStatistics(out Statistics before));
        Assert.Equal(Errno.None, file.SetSize(0));
        Assert.Equal(Errno.None, file.GetAttributes(out Attributes attributes));
        Assert.Equal(0, attributes.Blocks);
        Assert.Equal(Errno.None, volume.GetStatistics(out Statistics after));
        Assert.True(after.FreeBlocks > before.FreeBlocks + 10);
        file.Release();
        VolumeImage.End(volume);
        image.AssertClean();
    }

    [Fact]
    public void AFullVolumeTakesTheLastBlockAndSaysSo()
    {
        using var image = new VolumeImage(
            new Mke2fs { BlockBytes = 1024, Bytes = 4 << 20 }, tree => File.WriteAllText(Path.Combine(tree, "file"), ""));
        ulong number = image.NumberOf("/file");
        Ext2Volume volume = image.Mount();
        FileInode file = VolumeImage.Open(volume, number);
        byte[] chunk = new byte[100_000];
        for (int round = 0; round < 3; round++)
        {
            Caller.IsPrivileged = round > 0;
            long size = 0;
            Errno error;
            while ((error = file.Write(size, chunk, out int written)) == Errno.None)
            {
                size += written;
            }

            Assert.Equal(Errno.ENOSPC, error);
            Assert.Equal(Errno.None, volume.GetStatistics(out Statistics full));
            Assert.Equal(0u, round > 0 ? full.FreeBlocks : full.AvailableBlocks);
            Assert.Equal(round > 0, full.FreeBlocks == 0);

            // Overwriting needs nothing; what is freed is there for the next round, in the same epoch.
            Assert.Equal(Errno.None, file.Write(0, chunk, out _));
            Assert.Equal(Errno.None, file.SetSize(round * 5000));
        }

        Caller.IsPrivileged = true;
        file.Release();
        VolumeImage.End(volume);
        image.AssertClean();
    }

    private static int Change(FileInode file, Random random, byte[] model, int size)
    {
        int offset = random.Next(random.Next(4) == 0 ? ModelBytes - 60_000 : Math.Max(1, size));
        int length = random.Next(1, random.Next(3) == 0 ? 60_000 : 3000);
        switch (random.Next(10))
        {
            case 0:
                Assert.Equal(Errno.None, file.SetSize(offset));
                model.AsSpan(Math.Min(offset, size), Math.Abs(size - offset)).Clear();
                return offset;
            case 1:
                Assert.Equal(Errno.None, file.Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, offset, length));
                model.AsSpan(offset, Math.Clamp(size - offset, 0, length)).Clear();
                return size;
            case 2:
                Assert.Equal(Errno.None, file.Allocate(AllocateMode.None, offset, length));
                return Math.Max(size, offset + length);
            case 3:
                Assert.Equal(Errno.None, file.Allocate(AllocateMode.ZeroRange, offset, length));
                model.AsSpan(offset, length).Clear();
                return Math.Max(size, offset + length);
            case 4:
                Assert.Equal(Errno.None, file.Allocate(AllocateMode.ZeroRange | AllocateMode.KeepSize, offset, length));
                model.AsSpan(offset, Math.Clamp(size - offset, 0, length)).Clear();
                return size;
            default:
                byte[] data = new byte[length];
                random.NextBytes(data);
                Assert.Equal(Errno.None, file.Write(offset, data, out int written));
                Assert.Equal(length, written);
                data.CopyTo(model, offset);
                return Math.Max(size, offset + length);
        }
    }

    private static void Compare(FileInode file, Random random, byte[] model, int size, string where)
    {
        Assert.Equal(Errno.None, file.GetAttributes(out Attributes attributes));
        Assert.True(attributes.Size == size, $"{where}: size {attributes.Size}, not {size}");
        int offset = random.Next(ModelBytes);
        byte[] buffer = new byte[random.Next(1, 100_000)];
        Assert.Equal(Errno.None, file.Read(offset, buffer, out int count));
        int expected = Math.Clamp(size - offset, 0, buffer.Length);
        Assert.True(count == expected, $"{where}: read {count} at {offset}, not {expected}");
        int differs = buffer.AsSpan(0, count).CommonPrefixLength(model.AsSpan(offset, count));
        Assert.True(differs == count, $"{where}: other content at {offset + differs}");
        if (offset < size && file.Seek(offset, SeekKind.Data, out long data) == Errno.None)
        {
            Assert.True(model.AsSpan(offset, (int)data - offset).IndexOfAnyExcept((byte)0) < 0, $"{where}: a hole at {offset} holds data");
        }
    }
}
