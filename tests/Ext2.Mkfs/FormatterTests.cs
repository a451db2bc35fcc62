using Ext2Union.BlockDevices;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs.Tests;

/// <summary>How a volume comes into being, and what stops it.</summary>
public sealed class FormatterTests
{
    public static TheoryData<int, int> Sizes
    {
        get
        {
            var data = new TheoryData<int, int>();
            foreach (int blockBytes in new[] { 1024, 2048, 4096, 16384 })
            {
                for (int inodeBytes = 128; inodeBytes <= blockBytes; inodeBytes *= 4)
                {
                    data.Add(blockBytes, inodeBytes);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void EveryPairOfSizesIsClean(int blockBytes, int inodeBytes)
    {
        using var scratch = new ScratchDirectory("format");
        foreach (long bytes in new[] { 64L << 10, 1 << 20, 9_999_999, 1200L << 20 })
        {
            string image = scratch["image"];
            File.Delete(image);
            Assert.True(FileBlockDevice.TryCreate(image, bytes, out FileBlockDevice? device, out OpenRefusal? refusal), refusal?.Message);
            FormatFault? fault;
            using (device)
            {
                fault = Formatter.Format(device, new FormatOptions { BlockBytes = blockBytes, InodeBytes = inodeBytes, BytesPerInode = 65536 });
            }

            if (fault is null)
            {
                E2fsck.AssertClean(image);
            }
            else
            {
                Assert.True(fault.Error == Errno.EINVAL && bytes < 64L * blockBytes, $"{blockBytes} {inodeBytes} {bytes}: {fault.Message}");
            }
        }
    }

    [Fact]
    public void AHalfMadeVolumeIsNeverTakenForAWholeOne()
    {
        var before = new MemoryBlockDevice(4 << 20);
        Assert.Null(Formatter.Format(before, new FormatOptions { Label = "old"u8.ToArray() }));
        using var device = new RecordingBlockDevice(before.Clone());
        Assert.Null(Formatter.Format(device, new FormatOptions { Label = "new"u8.ToArray(), BlockBytes = 2048, Discard = false }));
        for (int crash = 0; crash <= device.Count; crash++)
        {
            for (int seed = 0; seed < 3; seed++)
            {
                MemoryBlockDevice state = before.Clone();
                Assert.Equal(Errno.None, device.ReplayCrash(state, crash, new Random(seed)));
                string where = $"after {crash} of {device.Count} operations, seed {seed}";
                byte[] superblock = new byte[Superblock.Bytes];
                Assert.Equal(Errno.None, state.Read(Superblock.Bytes, superblock));
                string label = Overlay.ReadSuperblock(superblock).Magic != Superblock.MagicNumber ? "none" : LabelOf(superblock);
                Assert.True(label is "none" or "old" or "new", where);

                // Old only before anything else was touched, new only when all of it is there.
                Assert.True(label != "old" || SameAs(state, before, 128 << 10), where);
                Assert.True(label != "new" || SameTables(state, device), where);
            }
        }
    }

    [Theory]
    [InlineData(DeviceOperation.Write)]
    [InlineData(DeviceOperation.WriteZeros)]
    [InlineData(DeviceOperation.Flush)]
    public void TheFirstErrorStopsAndNamesTheBlock(DeviceOperation operation)
    {
        for (int number = 1; ; number++)
        {
            var memory = new MemoryBlockDevice(20 << 20);
            using var device = new FailingBlockDevice(memory);
            device.Arm(operation, number, Errno.EIO);
            FormatFault? fault = Formatter.Format(device, new FormatOptions { Discard = false });
            if (fault is null)
            {
                Assert.Equal(0, device.Failures);
                Assert.InRange(number, 4, 1000);
                return;
            }

            Assert.Equal(Errno.EIO, fault.Error);
            Assert.Matches(@"^memory: writing .+( \(block \d+\))? failed: Input/output error$", fault.Message);
            Assert.Equal(number, device.Count(operation));
            AssertNoVolume(memory, isFlush: operation == DeviceOperation.Flush);
        }
    }

    [Fact]
    public void TheKernelMountsATerabyte()
    {
        Need.LoopDevices();
        using var scratch = new ScratchDirectory("format");
        Assert.True(FileBlockDevice.TryCreate(scratch["image"], 1L << 40, out FileBlockDevice? device, out OpenRefusal? refusal), refusal?.Message);
        using (device)
        {
            Assert.Null(Formatter.Format(device, new FormatOptions { BytesPerInode = 16 << 20 }));
        }

        using (var mount = new LoopMount(scratch["image"], scratch["mnt"], readOnly: false))
        {
            File.WriteAllText(Path.Combine(mount.FullPath, "file"), "text");
        }

        E2fsck.AssertClean(scratch["image"]);
    }

    [Fact]
    public void ATerabyteTakesLittle()
    {
        using var device = new MemoryBlockDevice(1L << 40);
        Assert.Null(Formatter.Format(device, new FormatOptions()));
        Assert.InRange(device.AllocatedBytes, 1, 100 << 20);
    }

    [Theory]
    [InlineData("journal", "ext2 has no journal")]
    [InlineData("extents", "indirect blocks")]
    [InlineData("64bit", "32 bits")]
    [InlineData("metadata_csum", "no checksums")]
    [InlineData("nonsense", "no feature called nonsense")]
    public void FeaturesThatCannotBeHadAreRefusedByName(string name, string reason)
    {
        Assert.False(FeatureList.TryApply($"dir_index,{name}", FeatureSet.Default, out _, out string fault));
        Assert.Contains(name, fault, StringComparison.Ordinal);
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void MarksCanBeHadFromTheStart()
    {
        Assert.True(FeatureList.TryApply("fallthru", FeatureSet.Default, out FeatureSet features, out _));
        Assert.Equal(IncompatFeatures.FileType | IncompatFeatures.Whiteout | IncompatFeatures.Fallthru, features.Incompat);
        using var scratch = new ScratchDirectory("marks");
        Assert.True(FileBlockDevice.TryCreate(scratch["image"], 40 << 20, out FileBlockDevice? device, out _));
        using (device)
        {
            Assert.Null(Formatter.Format(device, new FormatOptions { Features = features }));
        }

        Assert.True(E2fsck.HasMarkFeatures(scratch["image"]));
        E2fsck.AssertCleanWithoutMarks(scratch["image"]);
    }

    // Only the last flush comes behind the superblock.
    private static void AssertNoVolume(BlockDevice device, bool isFlush)
    {
        byte[] superblock = new byte[Superblock.Bytes];
        Assert.Equal(Errno.None, device.Read(Superblock.Bytes, superblock));
        Assert.True(isFlush || Overlay.ReadSuperblock(superblock).Magic != Superblock.MagicNumber);
    }

    private static string LabelOf(byte[] superblock)
    {
        ReadOnlySpan<byte> label = Overlay.ReadSuperblock(superblock).VolumeName;
        return System.Text.Encoding.ASCII.GetString(label).TrimEnd('\0');
    }

    private static bool SameAs(BlockDevice state, BlockDevice other, int bytes)
    {
        byte[] left = new byte[bytes], right = new byte[bytes];
        return state.Read(0, left) == Errno.None && other.Read(0, right) == Errno.None && left.AsSpan().SequenceEqual(right);
    }

    // The second sector of a superblock that is being written may still be missing: it holds nothing that a mount needs.
    private static bool SameTables(BlockDevice state, BlockDevice finished)
    {
        byte[] left = new byte[finished.Length], right = new byte[finished.Length];
        Assert.Equal(Errno.None, state.Read(0, left));
        Assert.Equal(Errno.None, finished.Read(0, right));
        left.AsSpan(1536, 512).Clear();
        right.AsSpan(1536, 512).Clear();
        return left.AsSpan().SequenceEqual(right);
    }
}
