namespace Ext2Union.Posix.Tests.Groups;

/// <summary>mkdir(2) and rmdir(2).</summary>
internal static class DirectoryGroup
{
    private static readonly string Long = new('x', 255);

    public static readonly Behaviour[] All =
    [
        Does("mkdir makes an empty directory", "", () => Ok(Mkdir("d", Oct(755))), () => { Ls("d"); Ls("", "d"); Type(S_IFDIR, "d"); Mode(755, "d"); Owner(0, 0, "d"); }),
        Does("a new directory has two links", "", () => { Ok(Mkdir("d")); Links(2, "d"); }),
        Does("mkdir adds a link to the parent", "", () => { Ok(Mkdir("d")); uint before = Lstat("d").Nlink; Ok(Mkdir("d/e")); Same(before + 1, Lstat("d").Nlink, "links"); }, () => Ls("e", "d")).NotOn(Subjects.KernelOverlay, "it counts no subdirectories of merged parents", Flavour.Below),
        Does("rmdir takes a link from the parent", "", () => { Ok(Mkdir("d")); Ok(Mkdir("d/e")); Ok(Rmdir("d/e")); Same(2u, Lstat("d").Nlink, "links"); }),
        Does("mkdir applies the umask", "", () => { Umask(Oct(77)); Ok(Mkdir("d", Oct(777))); }, () => Mode(700, "d")),
        Does("mkdir keeps the sticky bit", "", () => Ok(Mkdir("d", Oct(1755))), () => Mode(1755, "d")),
        Does("mkdir drops set-id bits", "", () => Ok(Mkdir("d", Oct(6755))), () => Mode(755, "d")),
        Does("mkdir sets the parent's times", "d/", () => Changes("d", () => Ok(Mkdir("d/e"))), () => IsModified("d")),
        Does("mkdir with a slash behind works", "", () => Ok(Mkdir("d/")), () => Ls("d")),
        Does("mkdir of a name that was a file works", "f=text", () => { Ok(Unlink("f")); Ok(Mkdir("f")); }, () => Ls("", "f")),
        Does("mkdir of a directory that was removed is empty", "d/ d/f d/e/ d/e/g", () => { Ok(Unlink("d/f")); Ok(Unlink("d/e/g")); Ok(Rmdir("d/e")); Ok(Rmdir("d")); Ok(Mkdir("d")); Ok(Mkdir("d/e")); }, () => { Ls("e", "d"); Ls("", "d/e"); }),
        Does("a directory made where one was removed has its own mode and owner", "d/@0700:5:6 d+user.a=b", () => { Ok(Rmdir("d")); Ok(Mkdir("d")); }, () => { Mode(755, "d"); Owner(0, 0, "d"); Same("", Listxattr("d"), "xattrs"); }),
        Does("mkdir as another user", ".@0777", () => Ok(User.Someone(() => Mkdir("d"))), () => Owner(1000, 1000, "d")),
        Does("mkdir of 255 bytes works", "", () => Ok(Mkdir(Long)), () => Type(S_IFDIR, Long)),
        Refused("mkdir of 256 bytes is ENAMETOOLONG", "", ENAMETOOLONG, () => Mkdir(Long + "y")),
        Refused("mkdir of a directory is EEXIST", "d/", EEXIST, () => Mkdir("d")),
        Refused("mkdir of a file is EEXIST", "f", EEXIST, () => Mkdir("f")),
        Refused("mkdir of a symlink to nothing is EEXIST", "l>none", EEXIST, () => Mkdir("l")),
        Refused("mkdir of a symlink to a directory is EEXIST", "d/ l>d", EEXIST, () => Mkdir("l")),
        Refused("mkdir of . is EEXIST", "", EEXIST, () => Mkdir(".")),
        Refused("mkdir of .. is EEXIST", "", EEXIST, () => Mkdir("..")),
        Refused("mkdir in nothing is ENOENT", "", ENOENT, () => Mkdir("d/e")),
        Refused("mkdir below a file is ENOTDIR", "f", ENOTDIR, () => Mkdir("f/d")),
        Refused("mkdir of the empty name is ENOENT", "", ENOENT, () => Mkdir("")),
        Refused("mkdir below a symlink to nothing is ENOENT", "l>none", ENOENT, () => Mkdir("l/d")),
        Refused("mkdir in a directory one may not write is EACCES", "d/", EACCES, () => User.Someone(() => Mkdir("d/e"))),
        Does("mkdir below a symlink to a directory works", "d/ l>d", () => Ok(Mkdir("l/e")), () => Ls("e", "d")),
        Does("mkdir in a removed directory is ENOENT", "d/", () => { Descriptor d = Open("d", O_RDONLY); Ok(Rmdir("d")); Ok(d.Fchdir()); Is(ENOENT, Mkdir("e")); Is(ENOENT, TryOpen("f", O_RDWR | O_CREAT)); Is(ENOENT, Symlink("x", "l")); Is(ENOENT, Mknod("p", S_IFIFO)); }),

        Does("rmdir removes an empty directory", "d/", () => Ok(Rmdir("d")), () => { Gone("d"); Ls(""); IsModified("."); }),
        Does("rmdir removes one that was emptied", "d/ d/f d/e/", () => { Ok(Unlink("d/f")); Ok(Rmdir("d/e")); Ok(Rmdir("d")); }, () => Ls("")),
        Does("rmdir with slashes behind works", "d/", () => Ok(Rmdir("d//")), () => Ls("")),
        Refused("rmdir of a directory with a file is ENOTEMPTY", "d/ d/f", ENOTEMPTY, () => Rmdir("d")),
        Refused("rmdir of a directory with a directory is ENOTEMPTY", "d/ d/e/", ENOTEMPTY, () => Rmdir("d")),
        Does("rmdir of a directory of which one of two is removed is ENOTEMPTY", "d/ d/f d/g", () => { Ok(Unlink("d/f")); Is(ENOTEMPTY, Rmdir("d")); }, () => Ls("g", "d")),
        Refused("rmdir of a file is ENOTDIR", "f", ENOTDIR, () => Rmdir("f")),
        Refused("rmdir of a symlink to a directory is ENOTDIR", "d/ l>d", ENOTDIR, () => Rmdir("l")),
        Refused("rmdir of nothing is ENOENT", "", ENOENT, () => Rmdir("d")),
        Refused("rmdir of the empty name is ENOENT", "", ENOENT, () => Rmdir("")),
        Refused("rmdir of . is EINVAL", "d/", EINVAL, () => Rmdir("d/.")),
        Refused("rmdir of .. is ENOTEMPTY", "d/", ENOTEMPTY, () => Rmdir("d/..")),
        Refused("rmdir below a file is ENOTDIR", "f", ENOTDIR, () => Rmdir("f/d")),
        Refused("rmdir in a directory one may not write is EACCES", "d/ d/e/@0777", EACCES, () => User.Someone(() => Rmdir("d/e"))),
        Refused("rmdir of another's directory in a sticky one is EPERM", "d/@1777 d/e/@0777", EPERM, () => User.Someone(() => Rmdir("d/e"))),
        Does("rmdir of one's own directory in a sticky one works", "d/@1777 d/e/@0755:1000:1000", () => Ok(User.Someone(() => Rmdir("d/e"))), () => Ls("", "d")),
        Refused("rmdir of a mount's root is EBUSY", "", EBUSY, () => Rmdir("../../../../mount")),
        Does("a removed directory that is open lists nothing and has no links", "d/", () =>
        {
            Descriptor d = Open("d", O_RDONLY);
            Ok(Rmdir("d"));
            Same(0u, d.Fstat().Nlink, "links");
            Is(ENOENT, d.Openat("f", O_RDONLY));
            Ok(d.Fchdir());
            Same(0, Listing.Of(".").Count(entry => entry.Name is not ("." or "..")), "entries");
        }).NotOn(Subjects.KernelOverlay, "it goes on showing the lower", Flavour.Below),
        Does("a removed directory can still be changed by descriptor", "d/", () => { Descriptor d = Open("d", O_RDONLY); Ok(Rmdir("d")); Ok(d.Fchmod(Oct(700))); Same(Oct(700), d.Fstat().Perm, "mode"); Ok(d.Fsync()); }).NotOn(Subjects.KernelOverlay, "a removed directory cannot be copied up", Flavour.Below),
        Does("mkdir and rmdir of the same name many times", "d/", () => { for (int i = 0; i < 20; i++) { Ok(Rmdir("d")); Ok(Mkdir("d")); } }, () => { Ls("d"); Ls("", "d"); }),
        Does("a deep path can be made and removed", "", () =>
        {
            string path = "d";
            for (int i = 0; i < 40; i++, path += "/d")
            {
                Ok(Mkdir(path));
            }

            for (; path.Length > 2; path = path[..^2])
            {
                Ok(Rmdir(path[..^2]));
            }
        }, () => Ls("")),
    ];
}
