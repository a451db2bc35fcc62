using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Ext2Union.Tests.Support;

namespace Ext2Union.Fuse.Tests.Citizen;

/// <summary>The daemon under a service manager: signals, notifications, the system's log, the sign of a root file system.</summary>
public sealed class ServiceTests : IDisposable
{
    private readonly MountPlace place = new();

    public void Dispose() => place.Dispose();

    [Theory]
    [InlineData("-TERM")]
    [InlineData("-HUP")]
    [InlineData("-INT")]
    public void ASignalWaitsForWhoWorksInTheMount(string signal)
    {
        using MountedExt2u mounted = new(place.Image(), place.Folder);
        using (FileStream open = File.Create(Path.Combine(place.Folder, "file")))
        {
            ProcessRunner.Check("/bin/kill", signal, mounted.ProcessId.ToString());
            Thread.Sleep(400);
            File.WriteAllText(Path.Combine(place.Folder, "other"), "still there");
            open.Write("content"u8);
        }

        Assert.True(MountPlace.Wait(() => place.Line is null), "the mount is still there");
        Assert.True(MountPlace.Wait(() => HasEnded(mounted.ProcessId)), "the daemon is still there");
        Assert.Equal("content", ProcessRunner.Bash($"e2fsck -fn {place["image"]} >&2; debugfs -R 'cat file' {place["image"]} 2>/dev/null"));
    }

    [Fact]
    public void ItNotifiesItsManager()
    {
        using Socket manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(place["notify"]));
        manager.ReceiveTimeout = 15000;
        ProcessStartInfo start = new(MountPlace.Tool, ["--foreground", place.Image(), place.Folder]);
        start.Environment["NOTIFY_SOCKET"] = place["notify"];
        using Process daemon = Process.Start(start)!;
        byte[] datagram = new byte[4096];
        string Next() => Encoding.UTF8.GetString(datagram, 0, manager.Receive(datagram));
        Assert.Equal($"READY=1\nSTATUS={place["image"]} is mounted on {place.Folder}", Next());
        Assert.NotNull(place.Line);
        ProcessRunner.Check("/bin/kill", "-TERM", daemon.Id.ToString());
        Assert.StartsWith("STOPPING=1\nSTATUS=", Next());
        Assert.True(daemon.WaitForExit(15000));
        Assert.Equal(0, daemon.ExitCode);
    }

    [Fact]
    public void ADetachedDaemonReportsToTheSystemLog()
    {
        // A file whose first block lies far outside.
        string image = place.Image();
        ProcessRunner.Bash($"echo content > f; debugfs -w -R 'write f f' {image} 2>/dev/null; debugfs -w -R 'sif f block[0] 99999999' {image} 2>/dev/null", place.Scratch);
        using Socket log = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        log.Bind(new UnixDomainSocketEndPoint(place["log"]));
        log.ReceiveTimeout = 15000;
        ProcessRunner.Bash($"""
            unshare -m bash -euc '
            mount -t tmpfs none /dev; mknod /dev/fuse c 10 229; ln -s {place["log"]} /dev/log
            mknod /dev/null c 1 3; mknod /dev/zero c 1 5; mknod /dev/random c 1 8; mknod /dev/urandom c 1 9
            {MountPlace.Tool} {image} {place.Folder}; ! cat {place.Folder}/f 2>/dev/null; umount {place.Folder}'
            """);
        byte[] datagram = new byte[4096];
        string line = Encoding.UTF8.GetString(datagram, 0, log.Receive(datagram));
        Assert.Matches(@"^<28>.* mount\.ext2u\[\d+\]: .*image: inode 12, block 99999999: ", line);
        Assert.DoesNotContain('\n', line);
    }

    [Theory]
    [InlineData("rw", "mount.ext2u")]
    [InlineData("x-initrd.mount", "@mount.ext2u")]
    public void TheDaemonOfARootFileSystemIsSparedAtShutdown(string options, string name)
    {
        place.MountHere("tmpfs", $"{options},fsname={place.Scratch}");
        string daemon = Directory.EnumerateDirectories("/proc").Single(path =>
            File.Exists(path + "/cmdline") && ReadAll(path + "/cmdline") is var line && line.Contains($"fsname={place.Scratch}", StringComparison.Ordinal));
        Assert.Equal(name, Path.GetFileName(ReadAll(daemon + "/cmdline").Split('\0')[0]));
        place.Unmount();
    }

    [Fact]
    public void AnInterruptedMountLeavesNothing()
    {
        // A daemon that cannot get on: its image lies behind a lock that udev seems to hold, which is waited for.
        string image = place.Image();
        File.Copy("/usr/bin/flock", place["udevd"]);
        using var holder = Process.Start(place["udevd"], ["-o", image, "sleep", "4"])!;
        Thread.Sleep(200);
        using var tool = Process.Start("/bin/sh", ["-c", $"exec {MountPlace.Tool} {image} {place.Folder} 2> {place["said"]}"])!;
        Thread.Sleep(1200);
        ProcessRunner.Check("/bin/kill", "-INT", tool.Id.ToString());
        tool.WaitForExit();
        holder.Kill();
        Assert.Equal(8, tool.ExitCode);
        Assert.Equal("mount.ext2u: interrupted; nothing is mounted, run it again\n", File.ReadAllText(place["said"]));
        Assert.Null(place.Line);
    }

    [Fact]
    public void AnEmptyEnvironmentIsEnough()
    {
        ProcessRunner.Bash($"cd {place.Scratch}; env -i {MountPlace.Tool} tmpfs mnt -o size=1m; [ $(df --output=size mnt | tail -1) = 1024 ]; umount mnt");
    }

    private static bool HasEnded(int process) => !File.Exists($"/proc/{process}/exe");

    private static string ReadAll(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }
}
