using System.Diagnostics;
using Ext2Union.Tests.Support;

namespace Ext2Union.Fuse.Tests;

/// <summary>mount.ext2u as a user, mount(8) and a script meet it: exit status, one sentence that ends in what to do, nothing left behind.</summary>
public sealed class MountToolTests : IDisposable
{
    private readonly ScratchDirectory scratch = new();
    private readonly string folder;

    public MountToolTests()
    {
        Need.Root();
        Need.Fuse();
        folder = Path.Combine(scratch.FullPath, "mnt");
        _ = Directory.CreateDirectory(folder);
    }

    public void Dispose()
    {
        for (int i = 0; i < 3 && IsMounted; i++)
        {
            _ = ProcessRunner.Run("/bin/umount", "-l", folder);
        }

        scratch.Dispose();
    }

    private bool IsMounted => File.ReadLines("/proc/self/mountinfo").Any(line => line.Split(' ')[4] == folder);

    private ProcessResult Mount(params string[] arguments) => ProcessRunner.Run(Repository.Tool("mount.ext2u"), arguments);

    [Theory]
    [InlineData(1, "what to mount and where", "tmpfs")]
    [InlineData(1, "unknown option -x", "-x", "tmpfs", "DIR")]
    [InlineData(1, "unknown option foo", "-o", "ro,foo=1", "tmpfs", "DIR")]
    [InlineData(1, "option size=much", "-o", "size=much", "tmpfs", "DIR")]
    [InlineData(1, "-o needs a value", "tmpfs", "DIR", "-o")]
    [InlineData(1, "type ext4 is not ours", "-t", "ext4", "tmpfs", "DIR")]
    [InlineData(32, "does not exist; make it with: mkfs.ext2u", "/nowhere/image", "DIR")]
    [InlineData(32, "does not exist; make it with: mkdir -p", "tmpfs", "/nowhere/mnt")]
    [InlineData(32, "is not a directory", "tmpfs", "/etc/passwd")]
    [InlineData(32, "holds no ext2 volume", "/etc/passwd", "DIR")]
    [InlineData(32, "can only be a lower", "/etc", "DIR")]
    [InlineData(32, "lower /nowhere does not exist", "-o", "union,lower=/nowhere", "tmpfs", "DIR")]
    [InlineData(1, "option size= does not apply: it sets up a layer in memory", "-o", "size=1m", "/nowhere/image", "DIR")]
    [InlineData(1, "option mode= does not apply", "-o", "union,lower=/etc,mode=700", "/nowhere/image", "DIR")]
    [InlineData(1, "option nr_inodes= does not apply", "-o", "lower=/etc,nr_inodes=5", "none", "DIR")]
    [InlineData(1, "option redirect= does not apply: it is about a union", "-o", "redirect=on", "tmpfs", "DIR")]
    [InlineData(1, "option force-lower does not apply: it is about a union", "-o", "force-lower", "tmpfs", "DIR")]
    [InlineData(1, "option fallthru= does not apply", "-o", "fallthru=memory", "/nowhere/image", "DIR")]
    [InlineData(1, "option copyup= does not apply: it is about a union", "-o", "copyup=full", "/nowhere/image", "DIR")]
    [InlineData(1, "option copyup=some makes no sense", "-o", "union,lower=/etc,copyup=some", "tmpfs", "DIR")]
    [InlineData(1, "option img_offset= does not apply", "-o", "union,img_offset=512", "tmpfs", "DIR")]
    [InlineData(1, "option img_size= does not apply", "-o", "img_size=1m", "tmpfs", "DIR")]
    [InlineData(1, "option errors= does not apply", "-o", "errors=continue,union", "tmpfs", "DIR")]
    [InlineData(1, "option commit= does not apply", "-o", "commit=5", "tmpfs", "DIR")]
    [InlineData(1, "option commit= does not apply: volatile never flushes", "-o", "commit=5,volatile", "/nowhere/image", "DIR")]
    [InlineData(32, "does not exist; make it with: mkfs.ext2u", "-o", "union,lower=/etc,redirect=off,fallthru=memory,commit=9,errors=continue", "/nowhere/image", "DIR")]
    public void ARefusalIsOneSentence(int status, string says, params string[] arguments)
    {
        ProcessResult result = Mount([.. arguments.Select(argument => argument == "DIR" ? folder : argument)]);
        Assert.Equal(status, result.ExitCode);
        Assert.Empty(result.Output);
        string line = Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("mount.ext2u: ", line);
        Assert.Contains(says, line);
        Assert.False(IsMounted);
    }

    [Fact]
    public void WhatMountPassesOnIsAccepted()
    {
        // As mount(8) calls a helper: SPEC DIR first, all options in one list, -s for what it does not know either.
        Mount("tmpfs", folder, "-s", "-o", "rw,nofail,_netdev,user,x-systemd.automount,X-mount.mkdir,comment=a,unheard").OrFail();
        Assert.True(IsMounted);
        ProcessRunner.Check("/bin/umount", folder);
    }

    [Fact]
    public void AFakeMountChecksAndLeavesNothing()
    {
        Mount("-f", "tmpfs", folder).OrFail();
        Assert.False(IsMounted);
    }

    [Fact]
    public void ItReturnsWhenTheMountIsLiveAndHoldsNothingOfItsCaller()
    {
        // ProcessRunner waits for the end of both pipes: a daemon that kept one open would fail here.
        ProcessResult result = Mount("-v", "tmpfs", folder).OrFail();
        Assert.Contains($"tmpfs is mounted on {folder}", result.Error);
        File.WriteAllText(Path.Combine(folder, "a"), "content");
        Assert.Equal("content", ProcessRunner.Check("/bin/cat", Path.Combine(folder, "a")));
        ProcessRunner.Check("/bin/umount", folder);
    }

    [Fact]
    public void FlagsReachTheMount()
    {
        Mount("-o", "ro,nosuid,nodev,noexec,noatime,fsname=a name,subtype=kind", "tmpfs", folder).OrFail();
        string line = File.ReadLines("/proc/self/mountinfo").Single(text => text.Split(' ')[4] == folder);
        Assert.Contains(" ro,nosuid,nodev,noexec,noatime ", line);
        Assert.Contains("fuse.kind a\\040name", line);
        ProcessRunner.Check("/bin/umount", folder);
    }

    [Fact]
    public void NamesOfLowersMayHoldSeparators()
    {
        string lower = Path.Combine(scratch.FullPath, "a:b,c");
        _ = Directory.CreateDirectory(lower);
        File.WriteAllText(Path.Combine(lower, "inside"), "");
        string second = Path.Combine(scratch.FullPath, "second");
        _ = Directory.CreateDirectory(second);
        File.WriteAllText(Path.Combine(second, "below"), "");
        string escaped = lower.Replace(":", "\\:", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);
        Mount("tmpfs", folder, "-o", $"union,lower={escaped}:{second}").OrFail();
        Assert.Equal("below\ninside\n", ProcessRunner.Check("/bin/ls", folder));
        ProcessRunner.Check("/bin/umount", folder);
    }

    [Fact]
    public void WithoutALowerItStacksOnWhatIsVisible()
    {
        File.WriteAllText(Path.Combine(folder, "before"), "lower");
        Mount("tmpfs", folder, "-o", "union").OrFail();
        ProcessRunner.Bash("[ $(cat before) = lower ] && echo top > before && echo new > after && rm before", folder);
        ProcessRunner.Check("/bin/umount", folder);
        Assert.Equal("lower", File.ReadAllText(Path.Combine(folder, "before")));
        Assert.False(File.Exists(Path.Combine(folder, "after")));
    }

    [Fact]
    public void AMountPointInsideTheLowerDoesNotWaitForItself()
    {
        Mount("tmpfs", folder, "-o", $"union,lower={scratch.FullPath}").OrFail();
        Assert.Equal("mnt\n", ProcessRunner.Bash($"timeout 10 ls {folder}"));
        Assert.Equal("", ProcessRunner.Bash($"timeout 10 ls {folder}/mnt"));
        ProcessRunner.Check("/bin/umount", folder);
    }

    [Fact]
    public void ASignalUnmountsAndEndsWell()
    {
        using MountedExt2u mounted = new("tmpfs", folder);
        File.WriteAllText(Path.Combine(folder, "a"), "content");
        ProcessRunner.Check("/bin/kill", "-TERM", mounted.ProcessId.ToString());
        Assert.True(Wait(() => !IsMounted), "the mount is still there after SIGTERM");
        Assert.True(Wait(() => !File.Exists($"/proc/{mounted.ProcessId}/exe")), "the daemon did not end");
    }

    [Fact]
    public void ADeadMountIsNamed()
    {
        using MountedExt2u mounted = new("tmpfs", folder);
        mounted.Kill();
        ProcessResult result = Mount("tmpfs", folder);
        Assert.Equal(32, result.ExitCode);
        Assert.Contains($"holds a dead mount; run: umount {folder}", result.Error);
    }

    [Fact]
    public void ADeviceIsWrittenAndCleanWhenUmountReturns()
    {
        Need.LoopDevices();
        Need.Command("mke2fs");
        string output = ProcessRunner.Bash($"""
            cd {scratch.FullPath}
            truncate -s 32M image; mke2fs -qF -t ext2 image
            loop=$(losetup -f --show image); trap 'losetup -d $loop' EXIT
            {Repository.Tool("mount.ext2u")} $loop {folder}
            grep -c ' - fuseblk.ext2u ' /proc/self/mountinfo
            cp /bin/ls {folder}/file
            umount {folder}
            e2fsck -p $loop | sed 's/.*: //; s/,.*//'
            debugfs -R 'cat file' $loop 2>/dev/null | cmp - /bin/ls && echo same
            """);
        Assert.Equal("1\nclean\nsame\n", output);
    }

    [Fact]
    public void ADeviceKeepsItsName()
    {
        Need.LoopDevices();
        Need.Command("mke2fs");
        string output = ProcessRunner.Bash($"""
            cd {scratch.FullPath}
            truncate -s 8M image; mke2fs -qF -t ext2 image
            loop=$(losetup -f --show image); trap 'losetup -d $loop' EXIT
            {Repository.Tool("mount.ext2u")} -o fsname=other $loop {folder} 2>&1 | grep -o 'fsname=other cannot rename' || true
            {Repository.Tool("mount.ext2u")} -o ro,fsname=other $loop {folder}
            umount {folder}
            """);
        Assert.Equal("fsname=other cannot rename\n", output);
    }

    [Fact]
    public void AUsersDeviceIsClaimedFromTheKernel()
    {
        Need.LoopDevices();
        Need.Command("mke2fs");
        Need.Command("fusermount3");
        Need.Command("setpriv");
        Need.Command("unshare");
        ProcessRunner.Check("/bin/chown", "-R", "1000:1000", scratch.FullPath);
        string fuse = Path.Combine(scratch.FullPath, "fuse");
        string device = Path.Combine(scratch.FullPath, "device");
        string kernel = Path.Combine(scratch.FullPath, "kernel");
        string output = ProcessRunner.Bash($"""
            cd {scratch.FullPath}
            truncate -s 8M image; mke2fs -qF -t ext2 image; mkdir {kernel}
            export loop=$(losetup -f --show image); trap 'losetup -d $loop' EXIT
            unshare -m bash -euc '
            mknod {fuse} c 10 229; chmod 666 {fuse}; mount --bind {fuse} /dev/fuse
            cp -a $loop {device}; chown 1000 {device}
            user="setpriv --reuid 1000 --regid 1000 --clear-groups"
            $user {Repository.Tool("mount.ext2u")} {device} {folder}
            mount -t ext2 -o ro $loop {kernel} 2>/dev/null && echo mounted twice || echo claimed
            $user fusermount3 -u {folder}
            for i in $(seq 100); do mount -t ext2 -o ro $loop {kernel} 2>/dev/null && break; sleep 0.1; done
            umount {kernel} && echo free again
            '
            """);
        Assert.Equal("claimed\nfree again\n", output);
    }

    [Fact]
    public void AVolumeThatWasNotUnmountedIsCheckedFirst()
    {
        Need.Command("mke2fs");
        string image = scratch["image"];
        ProcessRunner.Bash($"truncate -s 32M {image}; mke2fs -qF -t ext2 {image}");
        using (MountedExt2u mounted = new(image, folder))
        {
            ProcessRunner.Bash("mkdir d; echo content > d/a; sync d/a", folder);
            mounted.Kill();
            ProcessRunner.Check("/bin/umount", folder);
        }

        ProcessResult result = Mount(image, folder).OrFail();
        Assert.Contains("was not unmounted cleanly", Assert.Single(result.Error.TrimEnd('\n').Split('\n')));
        Assert.Equal("content\n", ProcessRunner.Bash("cat d/a", folder));
        ProcessRunner.Check("/bin/sh", Path.Combine(Repository.Root, "packaging", "umount.fuse.ext2u"), folder);
        ProcessRunner.Check("/sbin/e2fsck", "-fn", image);
        Assert.Contains("clean", ProcessRunner.Check("/sbin/e2fsck", "-p", image));
    }

    [Fact]
    public void AReadOnlyMountOfAnUncleanVolumeSaysSo()
    {
        Need.Command("mke2fs");
        string image = scratch["image"];
        ProcessRunner.Bash($"truncate -s 8M {image}; mke2fs -qF -t ext2 {image}; debugfs -w -R 'ssv state 0' {image} 2>/dev/null");
        ProcessResult result = Mount("-r", image, folder).OrFail();
        Assert.Contains("was not unmounted cleanly and is shown as it is", Assert.Single(result.Error.TrimEnd('\n').Split('\n')));
        ProcessRunner.Check("/bin/umount", folder);
        Mount(image, folder).OrFail();
        ProcessRunner.Check("/bin/sh", Path.Combine(Repository.Root, "packaging", "umount.fuse.ext2u"), folder);
        Assert.Empty(Mount("-r", image, folder).OrFail().Error);
        ProcessRunner.Check("/bin/umount", folder);
    }

    [Fact]
    public void WhatWillBeLostIsSaidOnce()
    {
        Need.Command("mke2fs");
        string image = scratch["image"];
        ProcessRunner.Bash($"truncate -s 8M {image}; mke2fs -qF -t ext2 {image}");
        ProcessResult result = Mount("-o", "volatile", image, folder).OrFail();
        Assert.Contains("a crash of the machine may lose all of it", Assert.Single(result.Error.TrimEnd('\n').Split('\n')));
        ProcessRunner.Check("/bin/umount", folder);
        Assert.Empty(Mount("-o", "union", "tmpfs", folder).OrFail().Error);
        ProcessRunner.Check("/bin/umount", folder);
        Assert.Contains("all changes are lost", Mount("-v", "-o", "union", "tmpfs", folder).OrFail().Error);
        ProcessRunner.Check("/bin/umount", folder);
    }

    [Fact]
    public void TheVolumeKnowsWhereItWasMounted()
    {
        Need.Command("mke2fs");
        string image = scratch["image"];
        ProcessRunner.Bash($"truncate -s 8M {image}; mke2fs -qF -t ext2 {image}");
        Mount("-f", image, folder).OrFail();
        Mount("-r", image, folder).OrFail();
        ProcessRunner.Check("/bin/umount", folder);
        Assert.Contains("<not available>", ProcessRunner.Bash($"dumpe2fs -h {image} 2>/dev/null | grep 'Last mounted on'"));
        Mount(image, folder).OrFail();
        ProcessRunner.Check("/bin/sh", Path.Combine(Repository.Root, "packaging", "umount.fuse.ext2u"), folder);

        // The superblock has room for 64 bytes of it.
        string shown = folder[..Math.Min(folder.Length, 64)];
        Assert.EndsWith(" " + shown + "\n", ProcessRunner.Bash($"dumpe2fs -h {image} 2>/dev/null | grep 'Last mounted on'"));
    }

    [Theory]
    [InlineData("-r 0", "is of revision 0")]
    [InlineData("-O ^filetype", "lacks the feature filetype")]
    public void ATopThatCannotKeepMarksIsRefused(string how, string says)
    {
        Need.Command("mke2fs");
        string image = scratch["image"];
        ProcessRunner.Bash($"truncate -s 8M {image}; mke2fs -qF -t ext2 {how} {image} 2>/dev/null");
        ProcessResult result = Mount("-o", "union", image, folder);
        Assert.Equal(32, result.ExitCode);
        Assert.Contains(says, Assert.Single(result.Error.TrimEnd('\n').Split('\n')));
        foreach (string options in (string[])["rw", "ro,union"])
        {
            Mount("-o", options, image, folder).OrFail();
            ProcessRunner.Check("/bin/sh", Path.Combine(Repository.Root, "packaging", "umount.fuse.ext2u"), folder);
        }

        ProcessRunner.Check("/sbin/e2fsck", "-fn", image);
    }

    [Theory]
    [InlineData("image//nowhere", "rw", "holds no directory nowhere")]
    [InlineData("image", "union,lower=/nowhere", "lower /nowhere does not exist")]
    public void ARefusedMountLeavesTheTopClean(string spec, string options, string says)
    {
        Need.Command("mke2fs");
        string image = scratch["image"];
        ProcessRunner.Bash($"truncate -s 8M {image}; mke2fs -qF -t ext2 {image}");
        ProcessResult result = Mount(Path.Combine(scratch.FullPath, spec), folder, "-o", options);
        Assert.Equal(32, result.ExitCode);
        Assert.Contains(says, result.Error);
        Assert.Contains("clean,", ProcessRunner.Check("/sbin/e2fsck", "-p", image));
    }

    [Fact]
    public void AUserMountsThroughFusermount()
    {
        Need.Command("fusermount3");
        Need.Command("setpriv");
        Need.Command("unshare");
        ProcessRunner.Check("/bin/chown", "-R", "1000:1000", scratch.FullPath);

        // In a name space of its own with a device that everyone may open, as distributions have it.
        string tool = Repository.Tool("mount.ext2u");
        string device = Path.Combine(scratch.FullPath, "fuse");
        string output = ProcessRunner.Bash($"""
            unshare -m bash -euc '
            mknod {device} c 10 229; chmod 666 {device}; mount --bind {device} /dev/fuse
            user="setpriv --reuid 1000 --regid 1000 --clear-groups"
            $user {tool} -o size=1m tmpfs {folder}
            $user sh -euc "cd {folder}; echo content > a; cat a; stat -c %u a"
            grep " {folder} " /proc/self/mountinfo | grep -c user_id=1000
            $user fusermount3 -u {folder}
            '
            """);
        Assert.Equal("content\n1000\n1\n", output);
    }

    private static bool Wait(Func<bool> condition)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(15))
            {
                return false;
            }

            Thread.Sleep(10);
        }

        return true;
    }
}
