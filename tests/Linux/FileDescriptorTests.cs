using Ext2Union.Linux.Files;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Linux.Tests;

/// <summary>Positioned I/O on descriptors.</summary>
public sealed class FileDescriptorTests
{
    [Fact]
    public void StatusIsWhatStatSays()
    {
        using var scratch = new ScratchDirectory("fd");
        File.WriteAllBytes(scratch["file"], new byte[12345]);
        foreach (string path in new[] { scratch["file"], scratch.FullPath, "/dev/null" })
        {
            Assert.True(FileDescriptor.Open(path, OpenFlags.PathOnly).TryGet(out FileDescriptor file, out Errno error), $"{path}: {error}");
            using (file)
            {
                Assert.Equal(Errno.None, file.GetStatus(out FileStatus status));
                string shown = $"{status.Inode} {status.Mode:x} {status.Size} {status.SpecialDevice.Major} {status.SpecialDevice.Minor} {status.Device.Major} {status.Device.Minor}\n";
                Assert.Equal(ProcessRunner.Check("/usr/bin/stat", "-c", "%i %f %s %Hr %Lr %Hd %Ld", path), shown);
            }
        }
    }

    [Fact]
    public void AReadIsShortOnlyAtTheEnd()
    {
        using var scratch = new ScratchDirectory("fd");
        Assert.True(FileDescriptor.Open(scratch["file"], OpenFlags.ReadWrite | OpenFlags.Create, 0x1A4).TryGet(out FileDescriptor file, out _));
        using (file)
        {
            Assert.Equal(Errno.None, file.Write(10, new byte[100]));
            byte[] buffer = new byte[200];
            Assert.Equal(Errno.None, file.Read(50, buffer, out int read));
            Assert.Equal(60, read);
            Assert.Equal(Errno.None, file.Read(500, buffer, out read));
            Assert.Equal(0, read);
        }
    }

    [Fact]
    public void FilesOfProcAreReadWhole()
    {
        byte[] status = FileDescriptor.ReadAll("/proc/self/status") ?? [];
        Assert.Contains($"Pid:\t{Environment.ProcessId}\n", System.Text.Encoding.ASCII.GetString(status), StringComparison.Ordinal);
        Assert.Null(FileDescriptor.ReadAll("/proc/self/none"));
    }

    [Fact]
    public void ErrorsAreThoseOfTheKernel()
    {
        Assert.Equal(Errno.ENOENT, FileDescriptor.Open("/none/none", OpenFlags.ReadOnly).Error);
        Assert.Equal(Errno.EISDIR, FileDescriptor.Open("/", OpenFlags.ReadWrite).Error);
        using var scratch = new ScratchDirectory("fd");
        File.WriteAllText(scratch["file"], "text");
        Assert.True(FileDescriptor.Open(scratch["file"], OpenFlags.ReadOnly).TryGet(out FileDescriptor file, out _));
        using (file)
        {
            Assert.Equal(Errno.EBADF, file.Write(0, new byte[1]));
            Assert.Equal(Errno.ENOTTY, BlockDeviceControl.GetLength(file, out _));
        }
    }
}
