using Ext2Union.Tests.Support;

namespace Ext2Union.Fuse.Tests.Citizen;

/// <summary>Owners and permissions as a mount shows them, and name spaces of attributes that it does not have.</summary>
public sealed class PresentationTests : IDisposable
{
    private const string User = "setpriv --reuid 1000 --regid 1000 --clear-groups";

    private readonly MountPlace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public void OwnersAndPermissionsAreShownAndNotStored()
    {
        Need.Command("setpriv");
        string image = place.Image();
        place.MountHere(image);
        ProcessRunner.Bash("mkdir d; echo secret > d/f; chmod 600 d/f; chmod 700 d; ln -s f l", place.Folder);
        place.Unmount();
        place.MountHere(image, "uid=1000,gid=1001,umask=027");
        string shown = ProcessRunner.Bash($"""
            stat -c '%n %u:%g %a' . d d/f l
            {User} cat d/f
            {User} touch d/new; stat -c '%n %u:%g %a' d/new
            chmod 755 d/f; chown 5:6 d/f; stat -c '%n %u:%g %a' d/f
            ls -ln d | tail -n +2 | awk '{"{print $1, $3, $4}"}' | sort -u
            """, place.Folder);
        Assert.Equal("""
            . 1000:1001 750
            d 1000:1001 750
            d/f 1000:1001 750
            l 1000:1001 777
            secret
            d/new 1000:1001 750
            d/f 1000:1001 750
            -rwxr-x--- 1000 1001

            """, shown);
        place.Unmount();

        // What was stored: the caller's own, and what chmod and chown asked for.
        place.MountHere(image, "ro");
        Assert.Equal("d 0:0 700\nd/f 5:6 755\nd/new 1000:1000 644\n", ProcessRunner.Bash("stat -c '%n %u:%g %a' d d/f d/new", place.Folder));
        place.Unmount();
        ProcessRunner.Check("/sbin/e2fsck", "-fn", image);
    }

    [Fact]
    public void SquashedToRootIsShownAndStoredAsRoots()
    {
        Need.Command("setpriv");
        string lower = Path.Combine(place.Scratch, "lower");
        ProcessRunner.Bash($"mkdir {lower}; echo x > {lower}/f; chown 1000:1000 {lower}/f; mkdir -m 777 {lower}/d");
        string image = place.Image();
        place.MountHere(image, $"union,lower={lower},squash_to_root");
        string shown = ProcessRunner.Bash($"{User} sh -c 'touch d/mine; ! echo y >> f' 2>/dev/null; chown 7:8 d/mine; stat -c '%n %u:%g' f d/mine", place.Folder);
        Assert.Equal("f 0:0\nd/mine 0:0\n", shown);
        place.Unmount();
        place.MountHere(image, $"union,lower={lower}");
        Assert.Equal("f 1000:1000\nd/mine 0:0\n", ProcessRunner.Bash("stat -c '%n %u:%g' f d/mine", place.Folder));
        place.Unmount();
        Assert.Contains("leave one of them out", place.Refused(1, image, place.Folder, "-o", "squash_to_root,uid=5"));
    }

    [Fact]
    public void TheRootOfALayerInMemoryIsOwned()
    {
        place.MountHere("tmpfs", "uid=1000,gid=1001,mode=750,size=1m");
        Assert.Equal(". 1000:1001 750\nf 0:0 644\n", ProcessRunner.Bash("touch f; stat -c '%n %u:%g %a' . f", place.Folder));
        place.Unmount();
    }

    [Fact]
    public void WithoutAclsTheModeAloneDecides()
    {
        Need.Command("setfacl");
        Need.Command("setpriv");
        string image = place.Image();
        const string Prepare = """
            echo x > f; chmod 600 f; setfacl -m u:1000:r f
            mkdir d; setfacl -d -m u:1000:rwx,m::rwx d
            """;
        place.MountHere(image);
        ProcessRunner.Bash(Prepare + $"\n{User} cat f >/dev/null", place.Folder);
        place.Unmount();

        place.MountHere(image, "noacl");
        string shown = ProcessRunner.Bash($"""
            set +o pipefail
            {User} cat f 2>&1 | sed 's/.*: //'
            setfacl -m u:5:r f 2>&1 | sed 's/.*: //'
            getfacl -cn f
            umask 022; touch d/n; mkdir d/s; stat -c '%n %a' d/n d/s
            getfattr -m - f d d/n
            """, place.Folder);
        Assert.Equal("""
            Permission denied
            Operation not supported
            user::rw-
            group::r--
            other::---

            d/n 644
            d/s 755

            """, shown);
        place.Unmount();
    }

    [Fact]
    public void WithoutUserAttributesThereAreNone()
    {
        Need.Command("setfattr");
        string image = place.Image();
        place.MountHere(image);
        ProcessRunner.Bash("touch f; setfattr -n user.a -v b f; setfattr -n trusted.c -v d f", place.Folder);
        place.Unmount();
        place.MountHere(image, "nouser_xattr");
        string shown = ProcessRunner.Bash("""
            set +o pipefail
            getfattr -m - f | sort
            setfattr -n user.a -v c f 2>&1 | sed 's/.*: //'
            setfattr -x user.a f 2>&1 | sed 's/.*: //'
            getfattr -n user.a f 2>&1 | sed 's/.*: //'
            """, place.Folder);
        Assert.Equal("\n# file: f\ntrusted.c\nOperation not supported\nOperation not supported\nOperation not supported\n", shown);
        place.Unmount();
        place.MountHere(image);
        Assert.Contains("user.a=\"b\"", ProcessRunner.Bash("getfattr -d f", place.Folder));
        place.Unmount();
    }
}
