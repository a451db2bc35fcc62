namespace Ext2Union.Posix.Tests.Groups;

/// <summary>Limits of names and paths, and how paths are walked.</summary>
internal static class PathGroup
{
    private static readonly string Longest = new('n', 255);
    private static readonly string TooLong = new('n', 256);

    public static readonly Behaviour[] All =
    [
        Does("a name of 255 bytes", "", () => Put(Longest, "text"), () => { Reads("text", Longest); Ls(Longest); }),
        Does("a name of 255 bytes that lies there", Longest + "=text", () => Is(1, Open(Longest, O_WRONLY).Write("x")), () => Reads("xext", Longest)),
        Does("a name of 255 bytes is removed", Longest + "=text", () => Ok(Unlink(Longest)), () => Ls("")),
        Does("a name of 127 letters of two bytes", "", () => Put(new string('\u00e4', 127), "text"), () => Reads("text", new string('\u00e4', 127))),
        Refused("a name of 128 letters of two bytes is ENAMETOOLONG", "", ENAMETOOLONG, () => TryOpen(new string('\u00e4', 128), O_WRONLY | O_CREAT)),
        Refused("open of 256 bytes is ENAMETOOLONG", "", ENAMETOOLONG, () => TryOpen(TooLong, O_RDONLY)),
        Refused("open of 256 bytes, creating, is ENAMETOOLONG", "", ENAMETOOLONG, () => TryOpen(TooLong, O_WRONLY | O_CREAT)),
        Refused("stat of 256 bytes is ENAMETOOLONG", "", ENAMETOOLONG, () => TryLstat(TooLong)),
        Refused("stat below 256 bytes is ENAMETOOLONG", "", ENAMETOOLONG, () => TryLstat(TooLong + "/x")),
        Refused("rmdir of 256 bytes is ENAMETOOLONG", "", ENAMETOOLONG, () => Rmdir(TooLong)),
        Refused("rename of 256 bytes is ENAMETOOLONG", "", ENAMETOOLONG, () => Rename(TooLong, "x")),
        Refused("truncate of 256 bytes is ENAMETOOLONG", "", ENAMETOOLONG, () => Truncate(TooLong, 0)),
        Refused("chmod of 256 bytes is ENAMETOOLONG", "", ENAMETOOLONG, () => Chmod(TooLong, 0)),
        Refused("getxattr of 256 bytes is ENAMETOOLONG", "", ENAMETOOLONG, () => TryGetxattr(TooLong, "user.a")),
        Refused("a path of 4096 bytes is ENAMETOOLONG", "", ENAMETOOLONG, () => TryLstat(string.Concat(Enumerable.Repeat("./", 2047)) + "xx")),
        Does("a path of 4095 bytes is walked", "f", () => Ok(TryLstat(string.Concat(Enumerable.Repeat("./", 2047)) + "f"))),
        Does("a tree deeper than a path can say is walked by steps", "", () => { for (int i = 0; i < 20; i++) { Ok(Mkdir(Longest)); Ok(Chdir(Longest)); } Put("f", "deep"); Reads("deep", "f"); Ok(Unlink("f")); for (int i = 0; i < 20; i++) { Ok(Chdir("..")); Ok(Rmdir(Longest)); } }, () => Ls("")),
        Does("slashes and dots in between do not matter", "d/ d/e/ d/e/f=text", () => Reads("text", ".//d/./e///../e/f")),
        Does(".. of a directory is where it lies", "d/ d/e/ f", () => { Same(Lstat("f").Ino, Lstat("d/e/../../f").Ino, "number"); Same(Lstat(".").Ino, Lstat("d/..").Ino, "number of .."); }),
        Refused(".. of a file is ENOTDIR", "f", ENOTDIR, () => TryLstat("f/..")),
        Refused(".. of nothing is ENOENT", "", ENOENT, () => TryLstat("d/..")),
        Does("lstat of a symlink with a slash behind follows it", "d/ l>d", () => Same(Lstat("d").Ino, Lstat("l/").Ino, "number")),
        Refused("lstat of a symlink to a file with a slash behind is ENOTDIR", "f l>f", ENOTDIR, () => TryLstat("l/")),
        Refused("lstat of a file with a slash behind is ENOTDIR", "f", ENOTDIR, () => TryLstat("f/")),
        Does("the names of marks of other union file systems are ordinary names", "f", () => { Put(".wh.f", "text"); Ok(Mkdir(".wh..wh..opq")); Ok(Setxattr(".", "user.overlay.opaque", "y")); }, () => { Ls(".wh..wh..opq .wh.f f"); Reads("text", ".wh.f"); Reads("", "f"); }).NotOn(Subjects.KernelOverlay, "it takes user.overlay for its own"),
        Does("names with dots are names", "", () => { Put("...", "1"); Put(".a", "2"); Put("..a", "3"); }, () => { Ls("... ..a .a"); Reads("1", "..."); }),
        Does("a name that was absent is found once made", "", () => { Is(ENOENT, TryLstat("f")); Put("f", "text"); Reads("text", "f"); Ok(Unlink("f")); Is(ENOENT, TryLstat("f")); }),
        Does("absent in a directory that lies there, then made", "d/ d/f", () => { Is(ENOENT, TryLstat("d/g")); Ok(Link("d/f", "d/g")); Ok(TryLstat("d/g")); Ok(Rename("d/g", "d/h")); Is(ENOENT, TryLstat("d/g")); }, () => Ls("f h", "d")),
        Does("a working directory that is moved", "d/ d/f=text e/", () => { Ok(Chdir("d")); Ok(Rename("../d", "../e/d")); Reads("text", "f"); Put("g", ""); Same(Lstat("..").Ino, Lstat("../../e").Ino, ".."); }, () => Ls("f g", "e/d")),
    ];
}
