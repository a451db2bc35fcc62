using Ext2Union.BlockDevices;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests;

/// <summary>The N-th call of the device fails, for N = 1, 2, 3 ...: the operation is refused, and the volume is sound as soon as the device is.</summary>
public class FailingDeviceTests
{
    private const int Names = 20;

    private static readonly Mke2fs Recipe = new() { BlockBytes = 1024, Bytes = 4 << 20, BlocksPerGroup = 1024 };

    [Theory]
    [InlineData(DeviceOperation.Read)]
    [InlineData(DeviceOperation.Write)]
    [InlineData(DeviceOperation.Flush)]
    public void AMarkWaitsUntilItsBitIsInEveryCopy(DeviceOperation operation)
    {
        using var scratch = new ScratchDirectory("failing");
        byte[] image = Image(scratch["image"]);
        int refusals = 0;
        bool hasFailed = true;
        for (int number = 1; hasFailed; number++)
        {
            foreach (IncompatFeatures feature in new[] { IncompatFeatures.Whiteout, IncompatFeatures.Fallthru })
            {
                var memory = new MemoryBlockDevice(image.Length);
                Assert.Equal(Errno.None, memory.Write(0, image));
                var device = new FailingBlockDevice(memory);
                Assert.True(Ext2Volume.TryMount(device, new Ext2MountOptions(), out Ext2Volume? volume, out string? refusal), refusal);
                var root = (LayerDirectory)volume.Root;
                device.Arm(operation, number, Errno.EIO);
                Errno error = Mark();
                Assert.Equal(device.Failures > 0, error != Errno.None);
                device.Arm(operation, 0, Errno.None);
                hasFailed = error != Errno.None;
                if (hasFailed)
                {
                    refusals++;
                    Assert.Equal(Errno.EIO, error);

                    // The bit may stand without a mark, when what failed came after it; then it stands everywhere.
                    AssertEveryCopyHas(memory, volume.Geometry, volume.Incompat & feature, $"{operation} {number} failed, not yet repeated");
                    Assert.Equal(SlotKind.Absent, root.Peek("mark"u8).Value.Kind);
                    Assert.Equal(Errno.None, Mark());
                    Assert.True(operation != DeviceOperation.Flush || device.Count(operation) > 0, $"{operation} {number} failed and was not repeated");
                }

                AssertEveryCopyHas(memory, volume.Geometry, feature, $"{operation} {number} failed");
                Assert.Equal(Errno.None, volume.Unmount());
                AssertEveryCopyHas(memory, volume.Geometry, feature, $"{operation} {number} failed, unmounted");
                volume.Dispose();

                Errno Mark() => feature == IncompatFeatures.Whiteout ? root.PutWhiteout("mark"u8) : root.PutFallthru("mark"u8);
            }
        }

        Assert.True(refusals > 0, $"no {operation} ever failed");
    }

    [Theory]
    [InlineData(DeviceOperation.Read, 7)]
    [InlineData(DeviceOperation.Write, 9)]
    [InlineData(DeviceOperation.Flush, 3)]
    public void OneFailureCostsNothingButTheCallThatMetIt(DeviceOperation operation, int step)
    {
        using var scratch = new ScratchDirectory("failing");
        string path = scratch["image"];
        byte[] image = Image(path);
        bool hasFailed = true;
        for (int number = 1; hasFailed; number += step)
        {
            var memory = new MemoryBlockDevice(image.Length);
            Assert.Equal(Errno.None, memory.Write(0, image));
            var device = new FailingBlockDevice(memory);
            var log = new RememberingLog();
            Assert.True(Ext2Volume.TryMount(device, new Ext2MountOptions { CacheBytes = 1 << 16, Log = log }, out Ext2Volume? volume, out string? refusal), refusal);
            device.Arm(operation, number, Errno.EIO);
            Live(volume);
            hasFailed = device.Failures > 0;
            device.Arm(operation, 0, Errno.None);
            AssertMarksHaveTheirBits(memory, volume.Geometry, $"{operation} {number} failed, cut off");
            Assert.Equal(Errno.None, volume.Sync());
            Assert.Equal(Errno.None, volume.Unmount());
            Assert.True(
                AssertMarksHaveTheirBits(memory, volume.Geometry, $"{operation} {number} failed") == IncompatFeatures.Fallthru, "no fallthru was left, so nothing was looked at");
            byte[] bytes = new byte[image.Length];
            Assert.Equal(Errno.None, memory.Read(0, bytes));
            volume.Dispose();
            File.WriteAllBytes(path, bytes);
            E2fsck.ClearMarkFeatures(path);
            ProcessResult check = ProcessRunner.Run("/sbin/e2fsck", "-fn", path);
            Assert.True(check.ExitCode == 0, $"{operation} {number} failed: {check}{string.Join('\n', log.Lines)}");
            Assert.True(log.Lines.Count == 0, $"{operation} {number} failed: {string.Join('\n', log.Lines)}");
        }
    }

    private static void Live(Ext2Volume volume)
    {
        var random = new Random(5);
        var root = (LayerDirectory)volume.Root;
        for (int i = 0; i < 40; i++)
        {
            byte[] name = [.. "name"u8, (byte)('a' + (i % Names))];
            byte[] other = [.. "name"u8, (byte)('a' + random.Next(Names))];
            InodeKind kind = (i % 5) switch { 0 => InodeKind.Directory, 1 => InodeKind.Symlink, _ => InodeKind.File };
            var what = new NewInode { Mode = ModeBits.Of(kind, 0x1FF), Target = kind == InodeKind.Symlink ? new byte[100].Select(_ => (byte)'t').ToArray() : default };
            if (root.Create(name, what).TryGet(out Inode inode, out _))
            {
                Fill(inode, random);
                inode.Release();
            }

            _ = random.Next(3) == 0 ? root.Unlink(other) : Errno.None;
            _ = random.Next(4) == 0 ? root.RemoveDirectory(other) : Errno.None;
            _ = random.Next(3) == 0 ? root.Rename(name, root, other, RenameFlags.None) : Errno.None;
            Mark(root, random);
            _ = random.Next(8) == 0 ? volume.Sync() : Errno.None;
        }
    }

    private static void Mark(LayerDirectory root, Random random)
    {
        byte[] name = NameOf(random.Next(Names));
        switch (random.Next(4))
        {
            case 0:
                _ = root.PutWhiteout(name);
                break;
            case 1:
                _ = root.PutFallthru(name);
                _ = root.PutFallthru([.. "fall"u8, .. name]);
                break;
            case 2 when root.Lookup(name).TryGet(out Inode inode, out _):
                _ = inode is LayerDirectory directory ? directory.SetOpaque(random.Next(3) > 0) : Errno.None;
                inode.Release();
                break;
            default:
                break;
        }
    }

    private static byte[] NameOf(int index) => [.. "name"u8, (byte)('a' + index)];

    private static byte[] Image(string path)
    {
        Recipe.Make(path);
        return File.ReadAllBytes(path);
    }

    // What lies on the device, as a mount of its own sees it. Answers the feature that the marks there ask for.
    private static IncompatFeatures AssertMarksHaveTheirBits(MemoryBlockDevice memory, Geometry geometry, string where)
    {
        using MemoryBlockDevice copy = memory.Clone();
        Assert.True(
            Ext2Volume.TryMount(copy, new Ext2MountOptions { IsReadOnly = true, Log = new RememberingLog() }, out Ext2Volume? volume, out string? refusal), refusal);
        IncompatFeatures needed = IncompatFeatures.None;
        for (int i = 0; i < 2 * Names; i++)
        {
            byte[] name = i < Names ? NameOf(i) : [.. "fall"u8, .. NameOf(i - Names)];
            Result<Slot> slot = ((LayerDirectory)volume.Root).Peek(name);
            if (slot.Error == Errno.None)
            {
                bool isOpaque = slot.Value.Inode is LayerDirectory { IsOpaque: true };
                slot.Value.Inode?.Release();
                needed = slot.Value.Kind == SlotKind.Fallthru ? IncompatFeatures.Fallthru
                    : needed == IncompatFeatures.None && (isOpaque || slot.Value.Kind == SlotKind.Whiteout) ? IncompatFeatures.Whiteout
                    : needed;
            }
        }

        volume.Dispose();
        AssertEveryCopyHas(memory, geometry, needed, where);
        return needed;
    }

    private static void AssertEveryCopyHas(MemoryBlockDevice memory, Geometry geometry, IncompatFeatures feature, string where)
    {
        byte[] bytes = new byte[Superblock.Bytes];
        for (uint group = 0; group < geometry.GroupCount; group++)
        {
            if (geometry.HasSuperblock(group))
            {
                Assert.Equal(Errno.None, memory.Read(geometry.ByteOf(geometry.SuperblockOf(group)), bytes));
                Superblock superblock = Overlay.ReadSuperblock(bytes);
                Assert.Equal(Superblock.MagicNumber, (ushort)superblock.Magic);
                Assert.True(((IncompatFeatures)superblock.Incompat.Value & feature) == feature, $"{where}: the superblock in group {group} lacks {feature}");
            }
        }
    }

    private static void Fill(Inode inode, Random random)
    {
        if (inode is FileInode file)
        {
            _ = file.Write(random.Next(40_000), new byte[random.Next(30_000)], out _);
            _ = random.Next(3) == 0 ? file.SetSize(random.Next(30_000)) : Errno.None;
        }
        else if (inode is DirectoryInode directory)
        {
            for (int i = 0; i < 12; i++)
            {
                byte[] name = new byte[90];
                Array.Fill(name, (byte)('a' + i));
                if (directory.Create(name, new NewInode { Mode = ModeBits.Of(InodeKind.File, 0x1A4) }).TryGet(out Inode made, out _))
                {
                    made.Release();
                }
            }
        }
    }
}
