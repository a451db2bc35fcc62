using System.Diagnostics;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices.Tests;

/// <summary>One writer or many readers, across processes; a refusal names who is in the way.</summary>
public sealed class LockTests
{
    [Theory]
    [InlineData(true, DeviceSharing.Exclusive, false)]
    [InlineData(true, DeviceSharing.Shared, false)]
    [InlineData(true, DeviceSharing.Unlocked, true)]
    [InlineData(false, DeviceSharing.Exclusive, false)]
    [InlineData(false, DeviceSharing.Shared, true)]
    public void AnotherProcessIsRespectedAndNamed(bool isWriter, DeviceSharing wanted, bool isGranted)
    {
        using var scratch = new ScratchDirectory("locks");
        File.WriteAllBytes(scratch["image"], new byte[4096]);
        using var holder = new Holder(scratch["image"], isWriter, "sleep", 60);
        Assert.Equal(isGranted, FileBlockDevice.TryOpen(scratch["image"], DeviceAccess.ReadOnly, wanted, out FileBlockDevice? device, out OpenRefusal? refusal));
        if (isGranted)
        {
            device!.Dispose();
            return;
        }

        Assert.Equal(Errno.EBUSY, refusal!.Error);
        Assert.Equal(holder.ProcessId, refusal.Holder?.ProcessId);
        Assert.Equal("sleep", refusal.Holder?.Command);
        Assert.Contains($"sleep (pid {holder.ProcessId})", refusal.Message, StringComparison.Ordinal);
        Assert.StartsWith(scratch["image"], refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AVolumeIsNeverWrittenAndALayerAtOnce()
    {
        using var scratch = new ScratchDirectory("locks");
        File.WriteAllBytes(scratch["image"], new byte[4096]);
        Assert.True(FileBlockDevice.TryOpen(scratch["image"], DeviceAccess.ReadWrite, DeviceSharing.Exclusive, out FileBlockDevice? top, out _));
        using (top)
        {
            Assert.False(FileBlockDevice.TryOpen(scratch["image"], DeviceAccess.ReadOnly, DeviceSharing.Shared, out _, out OpenRefusal? refusal));
            Assert.Contains("is already open here", refusal.Message, StringComparison.Ordinal);
        }

        Assert.True(FileBlockDevice.TryOpen(scratch["image"], DeviceAccess.ReadOnly, DeviceSharing.Shared, out FileBlockDevice? lower, out _));
        Assert.True(FileBlockDevice.TryOpen(scratch["image"], DeviceAccess.ReadOnly, DeviceSharing.Shared, out FileBlockDevice? other, out _));
        lower.Dispose();
        other.Dispose();
    }

    [Fact]
    public void ADaemonThatStillWritesIsWaitedFor()
    {
        using var scratch = new ScratchDirectory("locks");
        File.WriteAllBytes(scratch["image"], new byte[4096]);
        using var holder = new Holder(scratch["image"], true, "ext2u-drain", 1);
        var watch = Stopwatch.StartNew();
        Assert.True(FileBlockDevice.TryOpen(scratch["image"], DeviceAccess.ReadWrite, DeviceSharing.Exclusive, out FileBlockDevice? device, out OpenRefusal? refusal), refusal?.Message);
        device.Dispose();
        Assert.InRange(watch.ElapsedMilliseconds, 200, 9_000);
    }

    [Fact]
    public void TheLockGoesWithTheProcessThatIsKilled()
    {
        using var scratch = new ScratchDirectory("locks");
        File.WriteAllBytes(scratch["image"], new byte[4096]);
        using (var holder = new Holder(scratch["image"], true, "sleep", 60))
        {
            Assert.False(FileBlockDevice.TryOpen(scratch["image"], DeviceAccess.ReadWrite, DeviceSharing.Exclusive, out _, out _));
        }

        Assert.True(FileBlockDevice.TryOpen(scratch["image"], DeviceAccess.ReadWrite, DeviceSharing.Exclusive, out FileBlockDevice? device, out _));
        device.Dispose();
    }

    [Fact]
    public void AMountByTheKernelIsFoundThroughItsLoopDevice()
    {
        Need.LoopDevices();
        using var scratch = new ScratchDirectory("locks");
        new Mke2fs { Bytes = 1 << 20, BlockBytes = 1024 }.Make(scratch["image"]);
        using (var mount = new LoopMount(scratch["image"], scratch["mnt"], readOnly: false))
        {
            foreach (DeviceSharing sharing in new[] { DeviceSharing.Exclusive, DeviceSharing.Shared })
            {
                Assert.False(FileBlockDevice.TryOpen(scratch["image"], DeviceAccess.ReadOnly, sharing, out _, out OpenRefusal? refusal));
                Assert.Matches($"^{scratch["image"]} is mounted by the kernel on {scratch["mnt"]} through /dev/loop[0-9]+; run umount {scratch["mnt"]} first$", refusal.Message);
            }
        }

        using (var mount = new LoopMount(scratch["image"], scratch["mnt"], readOnly: true))
        {
            Assert.False(FileBlockDevice.TryOpen(scratch["image"], DeviceAccess.ReadOnly, DeviceSharing.Exclusive, out _, out _));
            Assert.True(FileBlockDevice.TryOpen(scratch["image"], DeviceAccess.ReadOnly, DeviceSharing.Shared, out FileBlockDevice? device, out _));
            device.Dispose();
        }
    }

    [Fact]
    public void AMountedBlockDeviceIsNotClaimed()
    {
        Need.LoopDevices();
        using var scratch = new ScratchDirectory("locks");
        new Mke2fs { Bytes = 1 << 20, BlockBytes = 1024 }.Make(scratch["image"]);
        using var loop = new LoopDevice(scratch["image"]);
        Directory.CreateDirectory(scratch["mnt"]);
        _ = ProcessRunner.Check("/bin/mount", "-t", "ext2", loop.Path, scratch["mnt"]);
        try
        {
            Assert.False(FileBlockDevice.TryOpen(loop.Path, DeviceAccess.ReadWrite, DeviceSharing.Exclusive, out _, out OpenRefusal? refusal));
            Assert.Equal($"{loop.Path} is mounted by the kernel on {scratch["mnt"]}; run umount {scratch["mnt"]} first", refusal.Message);
        }
        finally
        {
            _ = ProcessRunner.Check("/bin/umount", scratch["mnt"]);
        }

        Assert.True(FileBlockDevice.TryOpen(loop.Path, DeviceAccess.ReadWrite, DeviceSharing.Exclusive, out FileBlockDevice? device, out OpenRefusal? other), other?.Message);
        using (device)
        {
            // Claimed by us: neither the kernel nor another of our tools gets it.
            Assert.NotEqual(0, ProcessRunner.Run("/bin/mount", "-t", "ext2", loop.Path, scratch["mnt"]).ExitCode);
            Assert.False(FileBlockDevice.TryOpen(loop.Path, DeviceAccess.ReadWrite, DeviceSharing.Exclusive, out _, out OpenRefusal? second));
            Assert.Contains("is already open here", second.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>A process of this name that holds a flock on a file for some seconds.</summary>
    private sealed class Holder : IDisposable
    {
        private readonly Process process;

        public Holder(string image, bool isExclusive, string command, int seconds)
        {
            // flock -F becomes the command, so that its pid is the one that took the lock.
            string program = command == "sleep" ? "/bin/sleep" : Path.Combine(Path.GetDirectoryName(image)!, command);
            if (command != "sleep")
            {
                File.Copy("/bin/sleep", program);
            }

            process = Process.Start("/usr/bin/flock", [isExclusive ? "-x" : "-s", "-F", image, program, $"{seconds}"]);
            var watch = Stopwatch.StartNew();
            while (watch.ElapsedMilliseconds < 5_000 && File.ReadAllText($"/proc/{process.Id}/comm").TrimEnd('\n') != command)
            {
                Thread.Sleep(5);
            }
        }

        public int ProcessId => process.Id;

        public void Dispose()
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
