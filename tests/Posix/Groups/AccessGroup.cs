namespace Ext2Union.Posix.Tests.Groups;

/// <summary>Who may do what: access(2), and permission checks of the calls themselves.</summary>
internal static class AccessGroup
{
    public static readonly Behaviour[] All =
    [
        Does("access of root: all but execution of what nobody executes", "f@0000", () => { Ok(Access("f", F_OK)); Ok(Access("f", R_OK | W_OK)); Is(EACCES, Access("f", X_OK)); }),
        Does("access of root: execution where somebody may", "f@0001", () => Ok(Access("f", X_OK))),
        Does("access of root to a directory", "d/@0000", () => Ok(Access("d", R_OK | W_OK | X_OK))),
        Does("access of the owner", "f@0640:1000:7", () => { Ok(User.Someone(() => Access("f", R_OK | W_OK))); Is(EACCES, User.Someone(() => Access("f", X_OK))); }),
        Does("access of the group", "f@0640:0:2000", () => { Ok(User.Member(() => Access("f", R_OK))); Is(EACCES, User.Member(() => Access("f", W_OK))); }),
        Does("access of others", "f@0642", () => { Ok(User.Someone(() => Access("f", W_OK))); Is(EACCES, User.Someone(() => Access("f", R_OK))); }),
        Does("the owner's bits count for the owner, even if others have more", "f@0077:1000:1000", () => Is(EACCES, User.Someone(() => Access("f", R_OK)))),
        Does("the group's bits count for the group, even if others have more", "f@0707:0:2000", () => Is(EACCES, User.Member(() => Access("f", R_OK)))),
        Does("faccessat with AT_EACCESS", "f@0640:1000:7", () => Ok(User.Someone(() => Access("f", R_OK | W_OK, AT_EACCESS)))),
        Does("access is never EROFS", "f=text d/ p| l>f", () => { foreach (string path in (string[])["f", "d", "p", "l"]) { Ok(Access(path, W_OK)); } }),
        Refused("access of nothing is ENOENT", "", ENOENT, () => Access("f", F_OK)),
        Refused("access through a file is ENOTDIR", "f", ENOTDIR, () => Access("f/g", F_OK)),
        Refused("access of a mode that is none is EINVAL", "f", EINVAL, () => Access("f", 99)),
        Does("access behind a directory one may not search is EACCES", "d/@0700 d/f@0777", () => { Is(EACCES, User.Someone(() => Access("d/f", F_OK))); Is(EACCES, User.Someone(() => TryLstat("d/f"))); }),

        Does("read permission is needed to read", "f=text@0200", () => { Is(EACCES, User.Someone(() => TryOpen("f", O_RDONLY))); Is(EACCES, User.Someone(() => TryOpen("f", O_RDWR))); }),
        Does("write permission is needed to write", "f=text@0644", () => { Is(EACCES, User.Someone(() => TryOpen("f", O_WRONLY))); Is(EACCES, User.Someone(() => TryOpen("f", O_WRONLY | O_APPEND))); Ok(User.Someone(() => TryOpen("f", O_RDONLY))); }, () => IsNotModified("f")),
        Does("a write by another who may", "f=text@0666", () => Is(3, User.Someone(() => Open("f", O_WRONLY).Write("new"))), () => { Reads("newt", "f"); Owner(0, 0, "f"); }),
        Does("a copy for another keeps the owner", "d/@0777 d/f=text@0666:3:4", () => Is(3, User.Someone(() => Open("d/f", O_WRONLY).Write("new"))), () => { Owner(3, 4, "d/f"); Owner(0, 0, "d"); Mode(666, "d/f"); Mode(777, "d"); }),
        Does("directories made on the way keep owner and mode", "d/@0751:5:6 d/e/@0733:7:8 d/e/f@0666", () => Is(1, User.Someone(() => Open("d/e/f", O_WRONLY).Write("x"))), () => { Owner(5, 6, "d"); Mode(751, "d"); Owner(7, 8, "d/e"); Mode(733, "d/e"); IsNotModified("d/e"); IsNotModified("d"); }),
        Refused("creating where one may not write is EACCES", "d/", EACCES, () => User.Someone(() => TryOpen("d/f", O_WRONLY | O_CREAT))),
        Refused("creating where one may not search is EACCES", "d/@0766", EACCES, () => User.Someone(() => TryOpen("d/f", O_WRONLY | O_CREAT))),
        Refused("mkdir through a directory one may not search is EACCES", "d/@0700 d/e/@0777", EACCES, () => User.Someone(() => Mkdir("d/e/f"))),
        Refused("unlink through a directory one may not search is EACCES", "d/@0700 d/e/@0777 d/e/f", EACCES, () => User.Someone(() => Unlink("d/e/f"))),
        Refused("readlink through a directory one may not search is EACCES", "d/@0700 d/l>x", EACCES, () => User.Someone(() => TryReadlink("d/l"))),
        Refused("chdir without search permission is EACCES", "d/@0766", EACCES, () => User.Someone(() => Chdir("d"))),
        Does("chdir with search permission works", "d/@0711 d/f", () => { Ok(User.Someone(() => Chdir("d"))); Ok(TryLstat("f")); }),
        Refused("chdir to a file is ENOTDIR", "f", ENOTDIR, () => Chdir("f")),
        Refused("fchdir of a file is ENOTDIR", "f", ENOTDIR, () => Open("f", O_RDONLY).Fchdir()),
        Does("a descriptor opened as root reads for another", "f=text@0600", () => { Descriptor f = Open("f", O_RDONLY); Same("text", User.Someone(() => f.Pread(0, 9)), "content"); }),
        Does("a descriptor stays good when the permission goes", "f=text@0666", () => { Descriptor f = User.Someone(() => Open("f", O_RDWR)); Ok(Chmod("f", 0)); Is(3, User.Someone(() => f.Pwrite(0, "new"))); Same("newt", User.Someone(() => f.Pread(0, 9)), "content"); }, () => Mode(0, "f")),
        Does("changes of mode count at once", "f=text@0600", () => { Is(EACCES, User.Someone(() => TryOpen("f", O_RDONLY))); Ok(Chmod("f", Oct(644))); Ok(User.Someone(() => TryOpen("f", O_RDONLY))); Ok(Chown("f", 1000, 1000)); Ok(Chmod("f", Oct(200))); Is(EACCES, User.Someone(() => TryOpen("f", O_RDONLY))); Ok(User.Someone(() => TryOpen("f", O_WRONLY))); }),
        Does("a file of mode 0 is created and written by its owner, and not opened again", ".@0777", () => { Is(4, User.Someone(() => Open("f", O_RDWR | O_CREAT, 0).Write("text"))); Is(EACCES, User.Someone(() => TryOpen("f", O_RDONLY))); }, () => Reads("text", "f")),
        Does("O_CREAT of a file for reading only that is there", "f=text@0444:1000:1000", () => { Ok(User.Someone(() => TryOpen("f", O_RDONLY | O_CREAT))); Is(EACCES, User.Someone(() => TryOpen("f", O_WRONLY | O_CREAT))); }),
    ];
}
