using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices.Tests;

/// <summary>Which objects are opened, and how an image file is written.</summary>
public sealed class FileBlockDeviceTests
{
    [Fact]
    public void OnlyFilesAndBlockDevicesAreOpened()
    {
        using var scratch = new ScratchDirectory("open");
        _ = ProcessRunner.Check("/usr/bin/mkfifo", scratch["fifo"]);
        Assert.Equal((Errno.ENOTBLK, $"{scratch["fifo"]} is a named pipe; an image file or a block device is needed"), Refused(scratch["fifo"]));
        Assert.Equal((Errno.EISDIR, $"{scratch.FullPath} is a directory; an image file or a block device is needed"), Refused(scratch.FullPath));
        Assert.Equal((Errno.ENOTBLK, "/dev/null is a character device; an image file or a block device is needed"), Refused("/dev/null"));
        Assert.Equal((Errno.ENOENT, $"{scratch["none"]}: No such file or directory; check the path"), Refused(scratch["none"]));
    }

    [Fact]
    public void AnImageStaysTheSameWhenItsNameIsGivenToAnother()
    {
        using var scratch = new ScratchDirectory("swap");
        File.WriteAllBytes(scratch["first"], new byte[8192]);
        File.WriteAllBytes(scratch["second"], new byte[4096]);
        File.CreateSymbolicLink(scratch["name"], scratch["first"]);
        using (FileBlockDevice device = Open(scratch["name"], DeviceAccess.ReadWrite, DeviceSharing.Exclusive))
        {
            File.Delete(scratch["name"]);
            File.CreateSymbolicLink(scratch["name"], scratch["second"]);
            Assert.Equal(8192, device.Length);
            Assert.Equal(Errno.None, device.Write(0, "here"u8));
        }

        Assert.Equal((byte)'h', File.ReadAllBytes(scratch["first"])[0]);
        Assert.Equal(0, File.ReadAllBytes(scratch["second"])[0]);
    }

    [Fact]
    public void ANewImageIsSparseAndZerosMakeHoles()
    {
        using var scratch = new ScratchDirectory("sparse");
        Assert.True(FileBlockDevice.TryCreate(scratch["image"], 1L << 40, out FileBlockDevice? device, out OpenRefusal? refusal), refusal?.Message);
        using (device)
        {
            Assert.Equal(1L << 40, device.Length);
            Assert.Equal(Errno.None, device.Write(1L << 30, new byte[1 << 20]));
            Assert.Equal(Errno.None, device.Flush());
            Assert.InRange(AllocatedBytes(scratch["image"]), 1 << 20, 2 << 20);
            Assert.Equal(Errno.None, device.WriteZeros(0, device.Length));
            Assert.InRange(AllocatedBytes(scratch["image"]), 0, 1 << 16);
        }
    }

    [Fact]
    public void AnExistingImageIsLengthenedAndNeverCut()
    {
        using var scratch = new ScratchDirectory("length");
        File.WriteAllText(scratch["image"], "content");
        Assert.True(FileBlockDevice.TryCreate(scratch["image"], 4, out FileBlockDevice? device, out OpenRefusal? refusal), refusal?.Message);
        using (device)
        {
            Assert.Equal(7, device.Length);
            Assert.Equal(Errno.None, device.Extend(100));
            Assert.Equal(100, device.Length);
        }

        Assert.StartsWith("content", File.ReadAllText(scratch["image"]), StringComparison.Ordinal);
    }

    [Fact]
    public void AReadOnlyImageIsNotWritten()
    {
        using var scratch = new ScratchDirectory("readonly");
        File.WriteAllBytes(scratch["image"], new byte[4096]);
        using FileBlockDevice device = Open(scratch["image"], DeviceAccess.ReadOnly, DeviceSharing.Shared);
        Assert.True(device.IsReadOnly);
        Assert.Equal(Errno.EROFS, device.Write(0, new byte[1]));
        Assert.Equal(Errno.EROFS, device.WriteZeros(0, 1));
    }

    [Fact]
    public void ABlockDeviceIsReadAndWritten()
    {
        Need.LoopDevices();
        using var scratch = new ScratchDirectory("node");
        File.WriteAllBytes(scratch["image"], new byte[1 << 20]);
        using var loop = new LoopDevice(scratch["image"]);
        using FileBlockDevice device = Open(loop.Path, DeviceAccess.ReadWrite, DeviceSharing.Exclusive);
        Assert.True(device.IsDeviceNode);
        Assert.Equal(1 << 20, device.Length);
        byte[] data = new byte[10_000];
        Array.Fill(data, (byte)5);
        Assert.Equal(Errno.None, device.Write(1000, data));
        Assert.Equal(Errno.None, device.WriteZeros(1500, 3));
        Assert.Equal(Errno.None, device.WriteZeros(2048, 4096));
        Assert.Equal(Errno.None, device.Flush());
        Assert.Equal(Errno.EIO, device.Read(1 << 20, new byte[1]));
        data.AsSpan(500, 3).Clear();
        data.AsSpan(1048, 4096).Clear();
        Assert.True(File.ReadAllBytes(scratch["image"]).AsSpan(1000, data.Length).SequenceEqual(data));
    }

    private static (Errno, string) Refused(string path)
    {
        Assert.False(FileBlockDevice.TryOpen(path, DeviceAccess.ReadOnly, DeviceSharing.Shared, out _, out OpenRefusal? refusal));
        return (refusal.Error, refusal.Message);
    }

    private static FileBlockDevice Open(string path, DeviceAccess access, DeviceSharing sharing)
    {
        Assert.True(FileBlockDevice.TryOpen(path, access, sharing, out FileBlockDevice? device, out OpenRefusal? refusal), refusal?.Message);
        return device;
    }

    private static long AllocatedBytes(string path) => long.Parse(ProcessRunner.Check("/usr/bin/stat", "-c", "%b", path)) * 512;
}
