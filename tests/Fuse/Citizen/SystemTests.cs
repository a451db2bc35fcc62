using Ext2Union.Tests.Support;

namespace Ext2Union.Fuse.Tests.Citizen;

/// <summary>mount(8), umount(8) and /etc/fstab with the tool where they look for it, in a mount name space of its own.</summary>
public sealed class SystemTests : IDisposable
{
    private readonly MountPlace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public void AUserMountsAndUnmountsWhatFstabAllows()
    {
        Need.Command("fusermount3");
        Need.Command("setpriv");
        string image = place.Image();
        Assert.Equal("user_id=1000\nclean\nclean\n", place.WithSystem($"""
            chmod 755 .; debugfs -w -R 'sif / uid 1000' {image} >/dev/null 2>&1; chown 1000:1000 {image} mnt
            user="setpriv --reuid 1000 --regid 1000 --clear-groups"
            mkdir none; mount -t tmpfs none /mnt; mknod /mnt/fuse c 10 229; chmod 666 /mnt/fuse; mount --bind /mnt/fuse /dev/fuse
            echo '{image} {place.Folder} ext2u user,noauto,nofail,_netdev,x-systemd.automount,comment=a 0 0' > fstab
            $user mount {place.Folder}; $user touch mnt/mine
            grep ' {place.Folder} ' /proc/self/mountinfo | grep -o user_id=1000
            $user umount {place.Folder}; e2fsck -p {image} | sed 's/.*: //; s/,.*//'

            # umount(8) comes back when everything is written: what follows it finds a clean volume.
            mount {place.Folder}; cp /bin/bash mnt/; umount mnt; e2fsck -p {image} | sed 's/.*: //; s/,.*//'
            """));
    }

    [Fact]
    public void MountMakesTheLoopDeviceAndItGoesWithTheMount()
    {
        Need.LoopDevices();
        string image = place.Image();
        Assert.Equal("fuseblk.ext2u\nclean\n", place.WithSystem($"""
            truncate -s 12M disk; dd if={image} of=disk bs=1M seek=1 conv=notrunc status=none
            mount -t ext2u -o loop,offset=1M,sizelimit=8M disk mnt; findmnt -no FSTYPE {place.Folder}; touch mnt/x; umount mnt
            for i in $(seq 100); do losetup -j disk | grep -q . || break; sleep 0.1; done; ! losetup -j disk | grep .
            dd if=disk of=part bs=1M skip=1 count=8 status=none; e2fsck -p part | sed 's/.*: //; s/,.*//'
            """));
    }

    [Fact]
    public void ItsExitStatusIsThatOfMount()
    {
        string image = place.Image();
        Assert.Equal("1\n32\n0\n0\n", place.WithSystem($"""
            status() {"{"} "$@" 2>/dev/null && echo 0 || echo $?; {"}"}
            status mount -t ext2u -o unheard {image} mnt
            status mount -t ext2u nowhere mnt
            status mount -f -t ext2u {image} mnt; ! findmnt mnt
            status mount -s -t ext2u -o unheard {image} mnt; umount mnt
            """));
    }

    [Fact]
    public void TheFreeSpaceIsThatOfTheTop()
    {
        Need.LoopDevices();
        string image = place.Image();
        ProcessRunner.Bash("mkdir lower; truncate -s 8M other; mke2fs -qF -t ext2 -b 4096 other; mkdir k", place.Scratch);
        string statistics = "stat -fc '%b %f %a %c %d %S %l' ";
        string kernel = ProcessRunner.Bash($"mount -t ext2 -o loop,ro {image} k; {statistics} k; umount k", place.Scratch);
        place.MountHere(image, $"union,lower={place["other"]}:{place["lower"]},ro");
        Assert.Equal(kernel, ProcessRunner.Bash($"{statistics} {place.Folder}"));
        place.Unmount();
    }

    [Theory]
    [InlineData("errors=remount-ro", "1", "Read-only file system")]
    [InlineData("errors=continue", "1", "written")]
    [InlineData("rw", "2", "Read-only file system")]
    [InlineData("rw", "1", "written")]
    public void WhatFollowsCorruptionIsForTheUserToSay(string options, string inSuperblock, string then)
    {
        string image = place.Image();
        ProcessRunner.Bash($"echo content > f; debugfs -w -R 'write f f' {image}; debugfs -w -R 'sif f block[0] 99999999' {image}; debugfs -w -R 'ssv errors {inSuperblock}' {image}", place.Scratch);
        place.MountHere(image, options);
        Assert.Equal(then + "\n", ProcessRunner.Bash("set +o pipefail; ! cat f 2>/dev/null; (touch new && echo written) 2>&1 | sed 's/.*: //'", place.Folder));
        place.Unmount();
    }
}
