namespace Ext2Union.Posix.Tests.Groups;

/// <summary>Inode flags of chattr(1), and what immutable and append-only forbid.</summary>
internal static class FlagGroup
{
    private const string FourFlags = "overlayfs copies four of the flags up, and no-dump is not among them";

    private const string StatxFlags = "of a directory of the host the flags are known that statx tells: immutable, append-only, no-dump";

    public static readonly Behaviour[] All =
    [
        Does("flags of a file are kept", "f=text", () => Ok(SetFlags("f", FS_NODUMP_FL | FS_NOATIME_FL | FS_SYNC_FL)), () => { Has("f", FS_NODUMP_FL | FS_NOATIME_FL | FS_SYNC_FL); Reads("text", "f"); }),
        Does("flags of a directory are kept", "d/ d/f", () => Ok(SetFlags("d", FS_NODUMP_FL | FS_NOATIME_FL)), () => { Has("d", FS_NODUMP_FL | FS_NOATIME_FL); Ls("f", "d"); }),
        Does("flags are cleared", "f f!dA", () => Ok(SetFlags("f", FS_NODUMP_FL)), () => Has("f", FS_NODUMP_FL)),
        Does("flags that lie there are shown", "f f!dAS", () => Has("f", FS_NODUMP_FL | FS_NOATIME_FL | FS_SYNC_FL), () => Has("f", FS_NODUMP_FL | FS_NOATIME_FL | FS_SYNC_FL)).NotOn(Subjects.DirectoryBelow, StatxFlags, Flavour.Below),
        Does("flags survive a write", "f=text f!dA", () => Is(1, Open("f", O_WRONLY).Write("x")), () => Has("f", FS_NODUMP_FL | FS_NOATIME_FL)).NotOn(Subjects.KernelOverlay, FourFlags, Flavour.Below).NotOn(Subjects.DirectoryBelow, StatxFlags, Flavour.Below),
        Does("flags survive a rename", "d/ d!d f f!A", () => { Ok(Rename("d", "e")); Ok(Rename("f", "g")); }, () => { Has("e", FS_NODUMP_FL); Has("g", FS_NOATIME_FL); }).NotOn(Subjects.KernelOverlay, FourFlags, Flavour.Below).NotOn(Subjects.DirectoryBelow, StatxFlags, Flavour.Below),
        Does("a new object inherits the directory's flags", "d/ d!dA", () => { Put("d/f", ""); Ok(Mkdir("d/e")); }, () => { Has("d/f", FS_NODUMP_FL | FS_NOATIME_FL); Has("d/e", FS_NODUMP_FL | FS_NOATIME_FL); }).NotOn(Subjects.KernelOverlay, FourFlags, Flavour.Below).NotOn(Subjects.OnTmpfs, "our tmpfs does not hand flags down").NotOn(Subjects.DirectoryBelow, StatxFlags, Flavour.Below),
        Does("FSGETXATTR shows the same", "f f!dA", () => { Ok(Open("f", O_RDONLY).ExtendedFlags(out uint flags)); Same(0xC0u, flags & 0xF8, "fsx_xflags"); }).NotOn(Subjects.DirectoryBelow, StatxFlags, Flavour.Below),
        Does("FSSETXATTR sets the same", "f", () => Ok(Open("f", O_RDONLY).SetExtendedFlags(0xC0)), () => Has("f", FS_NODUMP_FL | FS_NOATIME_FL)),
        Refused("a flag that is none is EOPNOTSUPP", "f", EOPNOTSUPP, () => SetFlags("f", 0x80000000)),
        Refused("an ioctl that is none is ENOTTY", "f", ENOTTY, () => Open("f", O_RDONLY).Ioctl(0x12345678)),
        Refused("flags of another's file are EPERM", "f@0666", EPERM, () => User.Someone(() => SetFlags("f", FS_NODUMP_FL))),
        Refused("immutable of one's own file, unprivileged, is EPERM", "f@0666:1000:1000", EPERM, () => User.Someone(() => SetFlags("f", FS_IMMUTABLE_FL))),
        Refused("append-only of one's own file, unprivileged, is EPERM", "f@0666:1000:1000", EPERM, () => User.Someone(() => SetFlags("f", FS_APPEND_FL))),
        Does("no-dump of one's own file works", "f@0666:1000:1000", () => Ok(User.Someone(() => SetFlags("f", FS_NODUMP_FL))), () => Has("f", FS_NODUMP_FL)),
        Does("immutable can be set and cleared", "f=text", () => { Ok(SetFlags("f", FS_IMMUTABLE_FL)); Is(EPERM, Unlink("f")); Ok(SetFlags("f", 0)); Is(1, Open("f", O_WRONLY).Write("x")); }, () => Reads("xext", "f")),
        Does("immutable that lies there can be cleared", "f=text f!i", () => { Ok(SetFlags("f", 0)); Is(1, Open("f", O_WRONLY).Write("x")); }, () => { Reads("xext", "f"); Has("f", 0); }),
        Does("immutable of a directory that lies there can be cleared", "d/ d/f d!i", () => { Ok(SetFlags("d", 0)); Ok(Unlink("d/f")); Put("d/g", ""); }, () => Ls("g", "d")),

        Refused("immutable: open for writing is EPERM", "f=text f!i", EPERM, () => TryOpen("f", O_WRONLY)),
        Refused("immutable: open for reading and writing is EPERM", "f=text f!i", EPERM, () => TryOpen("f", O_RDWR)),
        Refused("immutable: open for appending is EPERM", "f=text f!i", EPERM, () => TryOpen("f", O_WRONLY | O_APPEND)),
        Refused("immutable: O_TRUNC is EPERM", "f=text f!i", EPERM, () => TryOpen("f", O_RDONLY | O_TRUNC)),
        Refused("immutable: truncate is EPERM", "f=text f!i", EPERM, () => Truncate("f", 0)),
        Refused("immutable: chmod is EPERM", "f=text f!i", EPERM, () => Chmod("f", Oct(600))),
        Refused("immutable: chown is EPERM", "f=text f!i", EPERM, () => Chown("f", 5, 6)),
        Refused("immutable: setting times is EPERM", "f=text f!i", EPERM, () => Utimens("f", (5, 6), (7, 8))),
        Refused("immutable: touch is EPERM", "f=text f!i", EPERM, () => Touch("f")),
        Refused("immutable: setting an attribute is EPERM", "f=text f!i", EPERM, () => Setxattr("f", "user.a", "v")),
        Refused("immutable: removing an attribute is EPERM", "f=text f+user.a=v f!i", EPERM, () => Removexattr("f", "user.a")),
        Refused("immutable: setting an ACL is EPERM", "f=text f!i", EPERM, () => SetAcl("f", "u::rw-,g::r--,o::---")),
        Refused("immutable: unlink is EPERM", "f=text f!i", EPERM, () => Unlink("f")),
        Refused("immutable: link is EPERM", "f=text f!i", EPERM, () => Link("f", "g")),
        Refused("immutable: rename is EPERM", "f=text f!i", EPERM, () => Rename("f", "g")),
        Refused("immutable: EXCHANGE is EPERM", "f=text f!i g", EPERM, () => Rename("g", "f", RENAME_EXCHANGE)),
        Refused("immutable: fchmod by descriptor is EPERM", "f=text f!i", EPERM, () => Open("f", O_RDONLY).Fchmod(Oct(600))),
        Does("immutable: reading works", "f=text f!i", () => Reads("text", "f")),
        Refused("immutable: access for writing is EPERM", "f=text f!i", EPERM, () => Access("f", W_OK)).NotOn(Subjects.Ours, "access(2) through FUSE is answered by the kernel, from the mode"),
        Does("what lies in a directory with flags does not take them when it is changed", "d/ d/f=text d/e/ d!dA", () => { Is(1, Open("d/f", O_WRONLY).Write("x")); Ok(Chmod("d/e", Oct(700))); }, () => { Has("d/f", 0); Has("d/e", 0); Has("d", FS_NODUMP_FL | FS_NOATIME_FL); }).NotOn(Subjects.DirectoryBelow, StatxFlags, Flavour.Below).NotOn(Subjects.KernelOverlay, FourFlags, Flavour.Below),
        Refused("immutable directory: creating is EPERM", "d/ d/f d!i", EPERM, () => TryOpen("d/g", O_WRONLY | O_CREAT)),
        Refused("immutable directory: mkdir is EPERM", "d/ d/f d!i", EPERM, () => Mkdir("d/g")),
        Refused("immutable directory: symlink is EPERM", "d/ d/f d!i", EPERM, () => Symlink("x", "d/g")),
        Refused("immutable directory: mknod is EPERM", "d/ d/f d!i", EPERM, () => Mknod("d/g", S_IFIFO)),
        Refused("immutable directory: unlink is EPERM", "d/ d/f d!i", EPERM, () => Unlink("d/f")),
        Refused("immutable directory: rmdir of it is EPERM", "d/ d!i", EPERM, () => Rmdir("d")),
        Refused("immutable directory: rmdir in it is EPERM", "d/ d/e/ d!i", EPERM, () => Rmdir("d/e")),
        Refused("immutable directory: rename within is EPERM", "d/ d/f d!i", EPERM, () => Rename("d/f", "d/g")),
        Refused("immutable directory: moving it is EPERM", "d/ d!i", EPERM, () => Rename("d", "e")),
        Refused("immutable directory: O_TMPFILE in it is EPERM", "d/ d!i", EPERM, () => TryOpen("d", O_TMPFILE | O_RDWR)),
        Refused("immutable directory: chmod is EPERM", "d/ d!i", EPERM, () => Chmod("d", Oct(700))),
        Does("immutable directory: what is in it can be changed", "d/ d/f=text d!i", () => { Is(1, Open("d/f", O_WRONLY).Write("x")); Ok(Chmod("d/f", Oct(600))); }, () => { Reads("xext", "d/f"); Mode(600, "d/f"); }).NotOn(Subjects.KernelOverlay, "overlayfs cannot copy up into an immutable directory", Flavour.Below),
        Does("immutable directory: listing works", "d/ d/f d!i", () => Ls("f", "d")),

        Does("append-only: appending works", "f=text f!a", () => Is(4, Open("f", O_WRONLY | O_APPEND).Write("more")), () => Reads("textmore", "f")),
        Refused("append-only: open for writing without O_APPEND is EPERM", "f=text f!a", EPERM, () => TryOpen("f", O_WRONLY)),
        Refused("append-only: O_APPEND with O_TRUNC is EPERM", "f=text f!a", EPERM, () => TryOpen("f", O_WRONLY | O_APPEND | O_TRUNC)),
        Refused("append-only: truncate is EPERM", "f=text f!a", EPERM, () => Truncate("f", 100)),
        Refused("append-only: ftruncate is EPERM", "f=text f!a", EPERM, () => Open("f", O_WRONLY | O_APPEND).Ftruncate(1)),
        Refused("append-only: chmod is EPERM", "f=text f!a", EPERM, () => Chmod("f", Oct(600))),
        Refused("append-only: chown is EPERM", "f=text f!a", EPERM, () => Chown("f", 5, 6)),
        Refused("append-only: setting an attribute is EPERM", "f=text f!a", EPERM, () => Setxattr("f", "user.a", "v")),
        Refused("append-only: unlink is EPERM", "f=text f!a", EPERM, () => Unlink("f")),
        Refused("append-only: link is EPERM", "f=text f!a", EPERM, () => Link("f", "g")),
        Refused("append-only: punching a hole is EPERM", "f=*9000 f!a", EPERM, () => Open("f", O_WRONLY | O_APPEND).Fallocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096)),
        Does("append-only: touch works", "f=text f!a", () => Ok(Touch("f")), () => IsModified("f")),
        Does("append-only directory: creating works", "d/ d/f d!a", () => { Put("d/g", "new"); Ok(Mkdir("d/h")); Ok(Symlink("x", "d/l")); }, () => { Ls("f g h l", "d"); Reads("new", "d/g"); }),
        Refused("append-only directory: unlink is EPERM", "d/ d/f d!a", EPERM, () => Unlink("d/f")),
        Refused("append-only directory: rmdir in it is EPERM", "d/ d/e/ d!a", EPERM, () => Rmdir("d/e")),
        Refused("append-only directory: rename within is EPERM", "d/ d/f d!a", EPERM, () => Rename("d/f", "d/g")),
    ];

    // Directories of ext2 also carry a flag of their index, which is not the user's.
    private static void Has(string path, uint flags) =>
        Same($"0x{flags:x}", $"0x{Flags(path) & (FS_SYNC_FL | FS_IMMUTABLE_FL | FS_APPEND_FL | FS_NODUMP_FL | FS_NOATIME_FL):x}", $"flags of {path}");
}
