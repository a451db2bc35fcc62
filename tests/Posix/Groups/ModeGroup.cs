namespace Ext2Union.Posix.Tests.Groups;

/// <summary>chmod(2), chown(2), what they clear, and what new objects take from their directory.</summary>
internal static class ModeGroup
{
    private const uint Unchanged = 0xFFFFFFFF;

    public static readonly Behaviour[] All =
    [
        Does("chmod sets all twelve bits of a file", "f=text", () => Ok(Chmod("f", Oct(7654))), () => { Mode(7654, "f"); Reads("text", "f"); }),
        Does("chmod sets all twelve bits of a directory", "d/", () => Ok(Chmod("d", Oct(7531))), () => Mode(7531, "d")),
        Does("chmod to 0", "f=text", () => Ok(Chmod("f", 0)), () => { Mode(0, "f"); Reads("text", "f"); }),
        Does("chmod sets the change time and no other", "f=text", () => Changes("f", () => Ok(Chmod("f", Oct(600)))), () => IsNotModified("f")),
        Does("chmod does not change the parent", "d/ d/f", () => DoesNotChange("d", () => Ok(Chmod("d/f", Oct(600)))), () => IsNotModified("d")),
        Does("chmod of a directory keeps its content", "d/ d/f=text d/e/", () => Ok(Chmod("d", Oct(700))), () => { Mode(700, "d"); Ls("e f", "d"); Reads("text", "d/f"); }),
        Does("chmod of one's own file", "f@0644:1000:1000", () => Ok(User.Someone(() => Chmod("f", Oct(600)))), () => Mode(600, "f")),
        Does("chmod drops set-group-id where one is not in the group", "f@0644:1000:7", () => Ok(User.Someone(() => Chmod("f", Oct(2755)))), () => Mode(755, "f")),
        Does("chmod keeps set-group-id where one is in the group", "f@0644:1000:2000", () => Ok(User.Member(() => Chmod("f", Oct(2755)))), () => Mode(2755, "f")),
        Does("fchmod by a descriptor opened for reading", "f=text", () => Ok(Open("f", O_RDONLY).Fchmod(Oct(640))), () => Mode(640, "f")),
        Does("fchmod of a directory", "d/", () => Ok(Open("d", O_RDONLY).Fchmod(Oct(700))), () => Mode(700, "d")),
        Refused("fchmod by a descriptor of O_PATH is EBADF", "f", EBADF, () => Open("f", O_PATH).Fchmod(Oct(600))),
        Refused("chmod of another's file is EPERM", "f@0666", EPERM, () => User.Someone(() => Chmod("f", Oct(777)))),
        Refused("chmod of another's directory is EPERM", "d/@0777", EPERM, () => User.Someone(() => Chmod("d", Oct(700)))),
        Refused("fchmod of another's file is EPERM", "f@0666", EPERM, () => User.Someone(() => Open("f", O_RDWR).Fchmod(Oct(600)))),
        Refused("chmod of nothing is ENOENT", "", ENOENT, () => Chmod("f", Oct(600))),
        Refused("chmod below a file is ENOTDIR", "f", ENOTDIR, () => Chmod("f/g", Oct(600))),
        Refused("chmod of a symlink to itself is ELOOP", "l>l", ELOOP, () => Chmod("l", Oct(600))),

        Does("chown sets owner and group", "f=text", () => Ok(Chown("f", 123456, 65500)), () => { Owner(123456, 65500, "f"); Reads("text", "f"); }),
        Does("chown of a directory keeps its content", "d/ d/f=text", () => Ok(Chown("d", 5, 6)), () => { Owner(5, 6, "d"); Reads("text", "d/f"); }),
        Does("chown of the owner alone", "f@0644:3:4", () => Ok(Chown("f", 5, Unchanged)), () => Owner(5, 4, "f")),
        Does("chown of the group alone", "f@0644:3:4", () => Ok(Chown("f", Unchanged, 6)), () => Owner(3, 6, "f")),
        Does("chown sets the change time and no other", "f=text", () => Changes("f", () => Ok(Chown("f", 5, 6))), () => IsNotModified("f")),
        Does("chown goes through a symlink", "f l>f", () => Ok(Chown("l", 5, 6)), () => { Owner(5, 6, "f"); Owner(0, 0, "l"); }),
        Does("chown by root clears set-user-id and set-group-id", "f@6755", () => Ok(Chown("f", 5, 6)), () => Mode(755, "f")),
        Does("chown keeps set-group-id where the group may not execute", "f@2745", () => Ok(Chown("f", 5, 6)), () => Mode(2745, "f")),
        Does("chown of a directory keeps its set-id bits", "d/@6755", () => Ok(Chown("d", 5, 6)), () => Mode(6755, "d")),
        Does("chown keeps the sticky bit", "f@1755", () => Ok(Chown("f", 5, 6)), () => Mode(1755, "f")),
        Does("fchown by a descriptor opened for reading", "f=text", () => Ok(Open("f", O_RDONLY).Fchown(5, 6)), () => Owner(5, 6, "f")),
        Does("the owner may give a file to a group of his", "f@0644:1000:1000", () => Ok(User.Member(() => Chown("f", Unchanged, 2000))), () => Owner(1000, 2000, "f")),
        Does("giving a file to a group of one's own clears set-id bits", "f@6755:1000:1000", () => Ok(User.Member(() => Chown("f", Unchanged, 2000))), () => Mode(755, "f")),
        Refused("the owner may not give a file to a strange group: EPERM", "f@0644:1000:1000", EPERM, () => User.Someone(() => Chown("f", Unchanged, 2000))),
        Refused("the owner may not give a file away: EPERM", "f@0644:1000:1000", EPERM, () => User.Someone(() => Chown("f", 1001, Unchanged))),
        Refused("chown of another's file is EPERM", "f@0666", EPERM, () => User.Someone(() => Chown("f", 1000, Unchanged))),
        Refused("chown of nothing is ENOENT", "", ENOENT, () => Chown("f", 5, 6)),
        Refused("lchown below a file is ENOTDIR", "f", ENOTDIR, () => Lchown("f/g", 5, 6)),

        Does("a write by another clears set-user-id", "f=text@4777", () => Is(1, User.Someone(() => Open("f", O_WRONLY).Write("x"))), () => Mode(777, "f")),
        Does("a write by another clears set-group-id where the group may execute", "f=text@2777", () => Is(1, User.Someone(() => Open("f", O_WRONLY).Write("x"))), () => Mode(777, "f")),
        Does("a write by one of the group keeps set-group-id where the group may not execute", "f=text@2767:0:2000", () => Is(1, User.Member(() => Open("f", O_WRONLY).Write("x"))), () => Mode(2767, "f")),
        Does("a write by a stranger to the group clears it also there", "f=text@2767", () => Is(1, User.Someone(() => Open("f", O_WRONLY).Write("x"))), () => Mode(767, "f")).NotOn(Subjects.Ours, "FUSE tells the daemon one group of the caller only"),
        Does("a write by the owner clears both too", "f=text@6777:1000:1000", () => Is(1, User.Someone(() => Open("f", O_WRONLY).Write("x"))), () => Mode(777, "f")),
        Does("a write by root clears nothing", "f=text@6777", () => Is(1, Open("f", O_WRONLY).Write("x")), () => Mode(6777, "f")),
        Does("a read by another clears nothing", "f=text@6777", () => Is(4, User.Someone(() => Open("f", O_RDONLY).TryRead(9))), () => Mode(6777, "f")),
        Does("the bits are gone from fstat at once", "f=text@6777", () => { Descriptor f = User.Someone(() => Open("f", O_RDWR)); Is(1, User.Someone(() => f.Write("x"))); Same(Oct(777), f.Fstat().Perm, "mode"); }),
        Does("O_TRUNC by another clears set-user-id", "f=text@4777", () => Ok(User.Someone(() => TryOpen("f", O_WRONLY | O_TRUNC))), () => Mode(777, "f")),
        Does("copy_file_range by another clears set-user-id", "f=text@0644 g@4777", () => { Descriptor from = Open("f", O_RDONLY), to = User.Someone(() => Open("g", O_WRONLY)); Is(4, User.Someone(() => from.CopyTo(to, 0, 0, 4))); }, () => Mode(777, "g")).NotOn(Subjects.KernelOverlay, "overlayfs answers EXDEV between its layers", Flavour.Below),
        Does("a write clears capabilities", "f=text", () => { Ok(Setxattr("f", "security.capability", Capability)); Is(1, Open("f", O_WRONLY).Write("x")); }, () => Is(ENODATA, TryGetxattr("f", "security.capability"))),
        Does("chown clears capabilities", "f=text", () => { Ok(Setxattr("f", "security.capability", Capability)); Ok(Chown("f", 5, 6)); }, () => Is(ENODATA, TryGetxattr("f", "security.capability"))),

        Does("a file in a set-group-id directory takes its group", "d/@2777:0:7", () => Ok(User.Someone(() => TryOpen("d/f", O_WRONLY | O_CREAT))), () => Owner(1000, 7, "d/f")),
        Does("a directory in a set-group-id directory takes group and bit", "d/@2777:0:7", () => Ok(User.Someone(() => Mkdir("d/e"))), () => { Owner(1000, 7, "d/e"); Mode(2755, "d/e"); }),
        Does("... and so do those in it", "d/@2777:0:7", () => { Ok(Mkdir("d/e")); Ok(Mkdir("d/e/f")); Put("d/e/f/g", ""); }, () => { Mode(2755, "d/e/f"); Owner(0, 7, "d/e/f/g"); }),
        Does("a symlink in a set-group-id directory takes its group", "d/@2777:0:7", () => Ok(Symlink("x", "d/l")), () => Owner(0, 7, "d/l")),
        Does("a fifo in a set-group-id directory takes its group", "d/@2777:0:7", () => Ok(Mknod("d/p", S_IFIFO | Oct(600))), () => Owner(0, 7, "d/p")),
        Does("a set-group-id program cannot be made for a strange group", "d/@2777:0:7", () => Ok(User.Someone(() => TryOpen("d/f", O_WRONLY | O_CREAT, Oct(2755)))), () => Mode(755, "d/f")),
        Does("without the bit a file takes its maker's group", "d/@0777:0:7", () => Ok(User.Someone(() => TryOpen("d/f", O_WRONLY | O_CREAT))), () => Owner(1000, 1000, "d/f")),
        Does("a moved file keeps its group in a set-group-id directory", "d/@2777:0:7 f", () => Ok(Rename("f", "d/f")), () => Owner(0, 0, "d/f")),
        Does("an O_EXCL create in a sticky directory belongs to its maker", "d/@1777", () => Ok(User.Someone(() => TryOpen("d/f", O_WRONLY | O_CREAT | O_EXCL))), () => Owner(1000, 1000, "d/f")),
        Does("a new symlink belongs to its maker", ".@0777", () => Ok(User.Someone(() => Symlink("x", "l"))), () => Owner(1000, 1000, "l")),
    ];

    // struct vfs_cap_data of revision 2 with CAP_NET_RAW permitted and effective.
    private static byte[] Capability => [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
}
