using Ext2Union.BlockDevices;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests;

/// <summary>The N-th call of the device fails, for N = 1, 2, 3 ...: the operation is refused, and the volume is sound as soon as the device is.</summary>
public class FailingDeviceTests
{
    [Theory]
    [InlineData(DeviceOperation.Read, 7)]
    [InlineData(DeviceOperation.Write, 9)]
    [InlineData(DeviceOperation.Flush, 3)]
    public void OneFailureCostsNothingButTheCallThatMetIt(DeviceOperation operation, int step)
    {
        using var scratch = new ScratchDirectory("failing");
        string path = scratch["image"];
        new Mke2fs { BlockBytes = 1024, Bytes = 4 << 20 }.Make(path);
        byte[] image = File.ReadAllBytes(path);
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
            Assert.Equal(Errno.None, volume.Sync());
            Assert.Equal(Errno.None, volume.Unmount());
            byte[] bytes = new byte[image.Length];
            Assert.Equal(Errno.None, memory.Read(0, bytes));
            volume.Dispose();
            File.WriteAllBytes(path, bytes);
            ProcessResult check = ProcessRunner.Run("/sbin/e2fsck", "-fn", path);
            Assert.True(check.ExitCode == 0, $"{operation} {number} failed: {check}{string.Join('\n', log.Lines)}");
            Assert.True(log.Lines.Count == 0, $"{operation} {number} failed: {string.Join('\n', log.Lines)}");
        }
    }

    private static void Live(Ext2Volume volume)
    {
        var random = new Random(5);
        DirectoryInode root = volume.Root;
        for (int i = 0; i < 40; i++)
        {
            byte[] name = [.. "name"u8, (byte)('a' + (i % 20))];
            byte[] other = [.. "name"u8, (byte)('a' + random.Next(20))];
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
            _ = random.Next(8) == 0 ? volume.Sync() : Errno.None;
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
