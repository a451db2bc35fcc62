using Ext2Union.Tests.Support;

namespace Ext2Union.Fuse.Tests.Citizen;

/// <summary>remount: from writable to read-only and back, while it is mounted.</summary>
public sealed class RemountTests : IDisposable
{
    private readonly MountPlace place = new();

    public void Dispose() => place.Dispose();

    // s_state of the superblock: what every other tool goes by.
    private static string State(string image)
    {
        // Not by a stream, which would take a lock.
        string state = ProcessRunner.Bash($"od -An -t u1 -j 1082 -N 1 {image}").Trim();
        return (int.Parse(state, System.Globalization.CultureInfo.InvariantCulture) & 3) == 1 ? "clean" : "not clean";
    }

    private void Remount(string options) => MountPlace.Mount("none", place.Folder, "-o", "remount," + options).OrFail();

    private string RefusedRemount(string options)
    {
        ProcessResult result = MountPlace.Mount("none", place.Folder, "-o", "remount," + options);
        Assert.NotEqual(0, result.ExitCode);
        return Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
    }

    [Theory]
    [InlineData("rw")]
    [InlineData("union,lower=LOWER")]
    public void ReadOnlyIsCleanAndWritableIsInUse(string options)
    {
        string image = place.Image();
        ProcessRunner.Bash("mkdir lower; echo low > lower/low", place.Scratch);
        options = options.Replace("LOWER", place["lower"], StringComparison.Ordinal);
        place.MountHere(image, options + ",nosuid");
        ProcessRunner.Bash("echo one > a; rm -f low; ls", place.Folder);
        Assert.Equal("not clean", State(image));
        Remount("ro");
        Assert.Equal("clean", State(image));
        Assert.Matches(" ro,nosuid[, ]", place.Line);
        ProcessRunner.Bash("[ $(cat a) = one ]; ! touch b 2>/dev/null; ls", place.Folder);
        E2fsck.AssertCleanWithoutMarks(image);

        // The image is not ours alone now, and is again afterwards.
        ProcessRunner.Bash($"flock -sn {image} true; ! flock -xn {image} true");
        Remount("rw");
        Assert.Equal("not clean", State(image));
        ProcessRunner.Bash("echo two > a; mkdir d; sync a", place.Folder);
        ProcessRunner.Bash($"! flock -sn {image} true");
        place.Unmount();
        E2fsck.AssertCleanWithoutMarks(image);
        place.MountHere(image, options);
        ProcessRunner.Bash("[ $(cat a) = two ]; [ -d d ]; [ ! -e low ]", place.Folder);
        place.Unmount();
    }

    [Fact]
    public void AVolumeThatBeganReadOnlyBecomesWritable()
    {
        string image = place.Image();
        place.MountHere(image, "ro");
        using (MountedExt2u second = new(image, place["second"], "ro"))
        {
            Assert.Contains("is being read or is mounted elsewhere", RefusedRemount("rw"));
            Assert.Equal("clean", State(image));
            second.Unmount();
        }

        Remount("rw");
        ProcessRunner.Bash("echo content > a", place.Folder);
        place.Unmount();
        Assert.Equal("content\n", ProcessRunner.Bash($"e2fsck -fn {image} >&2; debugfs -R 'cat a' {image} 2>/dev/null"));
    }

    [Fact]
    public void WhatCannotBeIsRefusedAndChangesNothing()
    {
        string image = place.Image();
        place.MountHere(image, "rw,commit=7");
        using (FileStream open = File.Create(Path.Combine(place.Folder, "file")))
        {
            Assert.Contains("has files that are open for writing; see fuser -vm", RefusedRemount("ro"));
        }

        Assert.Contains("option timeout cannot be changed while", RefusedRemount("ro,timeout=5"));
        Assert.Contains("option commit cannot be changed while", RefusedRemount("ro,commit=8"));
        ProcessRunner.Bash("touch still-writable", place.Folder);
        Remount("ro,commit=7");
        place.Unmount();

        ProcessRunner.Bash($"debugfs -w -R 'ssv state 2' {image} 2>/dev/null");
        place.MountHere(image, "ro");
        Assert.Contains("has errors, or was not unmounted cleanly", RefusedRemount("rw"));
        place.Unmount();

        ProcessRunner.Bash($"debugfs -w -R 'ssv state 1' {image} 2>/dev/null; mkdir -p {place["lower"]}");
        place.MountHere(image, $"ro,union,lower={place["lower"]}");
        Assert.Contains("a union that was mounted read-only cannot become writable", RefusedRemount("rw"));
        place.Unmount();
        Assert.Contains("nothing of mount.ext2u is mounted on", RefusedRemount("ro"));
        Assert.Contains("unknown option user_id", place.Refused(1, "tmpfs", place.Folder, "-o", "user_id=0"));
    }

    [Fact]
    public void FlagsChangeAndAUserIsToldWhoMay()
    {
        Need.Command("setpriv");
        place.MountHere("tmpfs", "rw");
        Remount("noexec,nodev");
        Assert.Contains(" rw,nodev,noexec", place.Line);
        Remount("exec");
        Assert.DoesNotContain("noexec", place.Line);
        Remount("ro");
        ProcessRunner.Bash("! touch b 2>/dev/null", place.Folder);
        Remount("rw");
        ProcessRunner.Bash("touch b", place.Folder);
        ProcessResult user = ProcessRunner.Run(
            "/usr/bin/setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups", MountPlace.Tool, "none", place.Folder, "-o", "remount,ro");
        Assert.Equal(32, user.ExitCode);
        Assert.Contains("can be remounted by root only", user.Error);
        place.Unmount();
    }

    [Fact]
    public void MountRemountsByTheNameOfTheTypeAndByFstab()
    {
        string image = place.Image();
        Need.LoopDevices();
        Assert.Equal("ro\nrw\nro\nrw\nro\nrw\n", place.WithSystem($"""
            show() {"{"} findmnt -no OPTIONS {place.Folder} | cut -c1-2; {"}"}
            mount -t ext2u {image} {place.Folder}
            mount -o remount,ro {place.Folder}; show; dumpe2fs -h {image} 2>/dev/null | grep -q 'state: *clean'
            mount -o remount,rw {place.Folder}; show; umount {place.Folder}
            echo '{image} {place.Folder} ext2u union,lower=/etc,nofail,x-systemd.automount,_netdev 0 2' > fstab
            mount {place.Folder}
            mount -o remount,ro {place.Folder}; show
            mount -o remount,rw {place.Folder}; show; umount {place.Folder}
            debugfs -w -R 'feature -whiteout -fallthru' {image} >/dev/null 2>&1; echo > fstab
            mount -t ext2u -o loop {image} {place.Folder}
            mount -o remount,ro {place.Folder}; show
            mount -o remount,rw {place.Folder}; show; umount {place.Folder}
            """));
    }
}
