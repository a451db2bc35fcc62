namespace Ext2Union.Posix.Tests.Groups;

/// <summary>rename(2) and renameat2(2).</summary>
internal static class RenameGroup
{
    public static readonly Behaviour[] All =
    [
        Does("a file gets the new name and loses the old", "f=text", () => Ok(Rename("f", "g")), () => { Gone("f"); Reads("text", "g"); Ls("g"); }),
        Does("a file replaces a file", "f=one g=two", () => Ok(Rename("f", "g")), () => { Ls("g"); Reads("one", "g"); }),
        Does("a file replaces a symlink, not its target", "f=one t=two l>t", () => Ok(Rename("f", "l")), () => { Reads("two", "t"); Reads("one", "l"); Ls("l t"); }),
        Does("a file replaces a fifo", "f=one p|", () => Ok(Rename("f", "p")), () => { Ls("p"); Reads("one", "p"); }),
        Does("a symlink is moved, not its target", "t=two l>t", () => Ok(Rename("l", "m")), () => { Ls("m t"); Same("t", Readlink("m"), "target"); }),
        Does("a fifo replaces a file", "p| f=one", () => Ok(Rename("p", "f")), () => { Ls("f"); Same(S_IFIFO, Lstat("f").Type, "type"); }),
        Does("a socket is moved", "s&", () => Ok(Rename("s", "t")), () => { Ls("t"); Same(S_IFSOCK, Lstat("t").Type, "type"); }),
        Does("a device keeps its number", "c%1:3", () => Ok(Rename("c", "d")), () => Same((1u, 3u), Lstat("d").Rdev, "device")),
        Does("an empty directory gets the new name", "d/", () => Ok(Rename("d", "e")), () => { Ls("e"); Ls("", "e"); }),
        Does("a directory takes its content along", "d/ d/f=text d/e/ d/e/g=deep", () => Ok(Rename("d", "n")), () => { Ls("n"); Ls("e f", "n"); Reads("deep", "n/e/g"); }),
        Does("a directory moves into another one", "d/ d/f=text e/", () => Ok(Rename("d", "e/d")), () => { Ls("e"); Reads("text", "e/d/f"); }),
        Does("a directory replaces an empty one", "d/ d/f=text e/", () => Ok(Rename("d", "e")), () => { Ls("e"); Ls("f", "e"); }),
        Does("a directory replaces one that was emptied", "d/ d/f=text e/ e/x", () => { Ok(Unlink("e/x")); Ok(Rename("d", "e")); }, () => { Ls("e"); Ls("f", "e"); }),
        Does("a directory moved away and back is as it was", "d/ d/f=text", () => { Ok(Rename("d", "e")); Ok(Rename("e", "d")); }, () => Reads("text", "d/f")),
        Does("directories can be moved one after the other", "d/ d/e/ d/e/f=text n/", () => { Ok(Rename("d/e", "n/e")); Ok(Rename("n", "d/n")); Ok(Rename("d", "z")); }, () => Reads("text", "z/n/e/f")),
        Does("the name it left can be used again", "d/ d/f=text", () => { Ok(Rename("d", "e")); Ok(Mkdir("d")); }, () => { Ls("", "d"); Ls("f", "e"); }),
        Does("onto itself nothing happens", "f=text", () => Ok(Rename("f", "f")), () => Reads("text", "f")),
        Does("onto another name of the same file nothing happens", "f=text h<f", () => Ok(Rename("f", "h")), () => { Ls("f h"); Same(2u, Lstat("f").Nlink, "links"); }),
        Does("a file keeps its number", "f=text", () => { ulong number = Lstat("f").Ino; Ok(Rename("f", "g")); Same(number, Lstat("g").Ino, "number"); }),
        Does("a directory keeps its number", "d/ d/f", () => { ulong number = Lstat("d").Ino; Ok(Rename("d", "e")); Same(number, Lstat("e").Ino, "number"); }),
        Does("the file's modification time stays, its change time does not go back", "f=text", () =>
        {
            Stat before = Lstat("f");
            Ok(Rename("f", "g"));
            Same(Preparation.Time, Lstat("g").Mtime, "mtime");
            NotBefore(before.Ctime, Lstat("g").Ctime, "ctime");
        }),
        Does("both directories get new times", "d/ d/f e/", () =>
        {
            Ok(Rename("d/f", "e/f"));
            Differs(Preparation.Time, Lstat("d").Mtime, "mtime of the old directory");
            Differs(Preparation.Time, Lstat("e").Mtime, "mtime of the new directory");
        }),
        Does("the replaced file lives while it is open", "f=one g=two", () =>
        {
            Descriptor open = Open("g", O_RDWR);
            Ok(Rename("f", "g"));
            Same("two", open.Pread(0, 10), "content by descriptor");
            Same(0u, open.Fstat().Nlink, "links");
            Is(3, open.Pwrite(0, "new"));
            Reads("one", "g");
        }),
        Does("the replaced name of a linked file costs one link", "f=one g=two h<g", () => Ok(Rename("f", "g")), () => { Same(1u, Lstat("h").Nlink, "links"); Reads("two", "h"); }),
        Does("a directory's subdirectories count where it is", "d/ d/e/ n/", () => { Ok(Rename("d/e", "n/e")); Ls("", "d"); Ls("e", "n"); }, () => Ls("e", "n")),
        Does(".. of a moved directory is the new one", "d/ d/e/ n/", () => { Ok(Rename("d/e", "n/e")); Same(Lstat("n").Ino, Lstat("n/e/..").Ino, "number of .."); }),

        Refused("of nothing is ENOENT", "", ENOENT, () => Rename("f", "g")),
        Refused("into nothing is ENOENT", "f", ENOENT, () => Rename("f", "d/g")),
        Refused("of an empty name is ENOENT", "f", ENOENT, () => Rename("", "g")),
        Refused("to an empty name is ENOENT", "f", ENOENT, () => Rename("f", "")),
        Refused("over a directory, of a file, is EISDIR", "f d/", EISDIR, () => Rename("f", "d")),
        Refused("over a directory, of a symlink, is EISDIR", "l>d d/", EISDIR, () => Rename("l", "d")),
        Refused("over a file, of a directory, is ENOTDIR", "f d/", ENOTDIR, () => Rename("d", "f")),
        Refused("over a symlink to a directory, of a directory, is ENOTDIR", "e/ l>e d/", ENOTDIR, () => Rename("d", "l")),
        Refused("over a directory with a file is ENOTEMPTY", "d/ e/ e/f", ENOTEMPTY, () => Rename("d", "e")),
        Refused("over a directory with a directory is ENOTEMPTY", "d/ e/ e/f/", ENOTEMPTY, () => Rename("d", "e")),
        Refused("of a directory into itself is EINVAL", "d/", EINVAL, () => Rename("d", "d/e")),
        Refused("of a directory below itself is EINVAL", "d/ d/e/ d/e/f/", EINVAL, () => Rename("d", "d/e/f/g")),
        Refused("of a directory over its parent is ENOTEMPTY", "d/ d/e/", ENOTEMPTY, () => Rename("d/e", "d")),
        Refused("below a file is ENOTDIR", "f g", ENOTDIR, () => Rename("f", "g/h")),
        Refused("of something below a file is ENOTDIR", "g", ENOTDIR, () => Rename("g/h", "i")),
        Refused("of a file to a name with a slash is ENOTDIR", "f", ENOTDIR, () => Rename("f", "g/")),
        Refused("of a file by a name with a slash is ENOTDIR", "f", ENOTDIR, () => Rename("f/", "g")),
        Does("of a directory to a name with a slash works", "d/ d/f", () => Ok(Rename("d", "e/")), () => Ls("f", "e")),
        Refused("of . is EBUSY", "d/", EBUSY, () => Rename("d/.", "e")),
        Refused("of .. is EBUSY", "d/", EBUSY, () => Rename("d/..", "e")),
        Refused("to . is EBUSY", "d/ e/", EBUSY, () => Rename("d", "e/.")),
        Refused("to a name of 256 bytes is ENAMETOOLONG", "f", ENAMETOOLONG, () => Rename("f", new string('x', 256))),
        Does("to a name of 255 bytes works", "f=text", () => Ok(Rename("f", new string('x', 255))), () => Reads("text", new string('x', 255))),
        Refused("out of a directory that one may not write is EACCES", "d/ d/f e/@0777", EACCES, () => User.Someone(() => Rename("d/f", "e/f"))),
        Refused("into a directory that one may not write is EACCES", "d/@0777 d/f@0666 e/", EACCES, () => User.Someone(() => Rename("d/f", "e/f"))),
        Refused("of another's file out of a sticky directory is EPERM", "d/@1777 d/f@0666 e/@0777", EPERM, () => User.Someone(() => Rename("d/f", "e/f"))),
        Refused("over another's file in a sticky directory is EPERM", "d/@1777 d/f@0666 e/@0777 e/g@0666:1000:1000", EPERM, () => User.Someone(() => Rename("e/g", "d/f"))),
        Does("of one's own file in a sticky directory works", "d/@1777 d/f@0666:1000:1000", () => Ok(User.Someone(() => Rename("d/f", "d/g"))), () => Ls("g", "d")),
        Refused("of a directory one may not write, to another parent, is EACCES", "d/@0777 d/e/ n/@0777", EACCES, () => User.Someone(() => Rename("d/e", "n/e"))),

        Does("NOREPLACE to a free name works", "f=text", () => Ok(Rename("f", "g", RENAME_NOREPLACE)), () => { Ls("g"); Reads("text", "g"); }),
        Refused("NOREPLACE over a file is EEXIST", "f g", EEXIST, () => Rename("f", "g", RENAME_NOREPLACE)),
        Refused("NOREPLACE over an empty directory is EEXIST", "d/ e/", EEXIST, () => Rename("d", "e", RENAME_NOREPLACE)),
        Refused("NOREPLACE over a dangling symlink is EEXIST", "f l>none", EEXIST, () => Rename("f", "l", RENAME_NOREPLACE)),
        Refused("NOREPLACE onto itself is EEXIST", "f", EEXIST, () => Rename("f", "f", RENAME_NOREPLACE)),
        Does("NOREPLACE to a name that was removed works", "f=one g=two", () => { Ok(Unlink("g")); Ok(Rename("f", "g", RENAME_NOREPLACE)); }, () => { Ls("g"); Reads("one", "g"); }),
        Does("EXCHANGE of two files", "f=one g=two", () => Ok(Rename("f", "g", RENAME_EXCHANGE)), () => { Ls("f g"); Reads("two", "f"); Reads("one", "g"); }),
        Does("EXCHANGE of a file and a directory", "f=one d/ d/g=two", () => Ok(Rename("f", "d", RENAME_EXCHANGE)), () => { Reads("one", "d"); Reads("two", "f/g"); }),
        Does("EXCHANGE of two directories with content", "d/ d/a=one e/ e/b=two", () => Ok(Rename("d", "e", RENAME_EXCHANGE)), () => { Ls("b", "d"); Ls("a", "e"); Reads("two", "d/b"); }),
        Does("EXCHANGE over two parents", "n/ n/d/ n/d/a=one e/ e/b=two", () => { Ok(Rename("n/d", "e", RENAME_EXCHANGE)); Same(Lstat("n").Ino, Lstat("n/d/..").Ino, ".."); }, () => { Ls("b", "n/d"); Ls("a", "e"); }),
        Does("EXCHANGE of a symlink and a fifo", "l>none p|", () => Ok(Rename("l", "p", RENAME_EXCHANGE)), () => { Same("none", Readlink("p"), "target"); Same(S_IFIFO, Lstat("l").Type, "type"); }),
        Does("EXCHANGE and back", "d/ d/a=one f=two", () => { Ok(Rename("d", "f", RENAME_EXCHANGE)); Ok(Rename("d", "f", RENAME_EXCHANGE)); }, () => { Reads("one", "d/a"); Reads("two", "f"); }),
        Refused("EXCHANGE with nothing is ENOENT", "f", ENOENT, () => Rename("f", "g", RENAME_EXCHANGE)),
        Refused("EXCHANGE of a directory with what is in it is EINVAL", "d/ d/e/", EINVAL, () => Rename("d", "d/e", RENAME_EXCHANGE)),
        Refused("EXCHANGE of a directory with its parent is EINVAL", "d/ d/e/", EINVAL, () => Rename("d/e", "d", RENAME_EXCHANGE)),
        Refused("EXCHANGE and NOREPLACE together are EINVAL", "f g", EINVAL, () => Rename("f", "g", RENAME_EXCHANGE | RENAME_NOREPLACE)),
        Refused("EXCHANGE and WHITEOUT together are EINVAL", "f g", EINVAL, () => Rename("f", "g", RENAME_EXCHANGE | RENAME_WHITEOUT)),
        Refused("an unknown flag is EINVAL", "f", EINVAL, () => Rename("f", "g", 0x100)),
        Refused("of an immutable file is EPERM", "f=text f!i", EPERM, () => Rename("f", "g")),
        Refused("of an append-only file is EPERM", "f=text f!a", EPERM, () => Rename("f", "g")),
        Refused("over an immutable file is EPERM", "f g=text g!i", EPERM, () => Rename("f", "g")),
        Refused("out of an append-only directory is EPERM", "d/ d/f d!a", EPERM, () => Rename("d/f", "g")),
        Refused("out of an immutable directory is EPERM", "d/ d/f d!i", EPERM, () => Rename("d/f", "g")),
        Refused("into an immutable directory is EPERM", "f d/ d!i", EPERM, () => Rename("f", "d/f")),
        Does("into an append-only directory works", "f=text d/ d!a", () => Ok(Rename("f", "d/f")), () => Reads("text", "d/f")),
        Does("attributes go along", "f=text@0751:5:6 f+user.a=b", () => Ok(Rename("f", "g")), () => { Mode(751, "g"); Same("b", Getxattr("g", "user.a"), "user.a"); Same(5u, Lstat("g").Uid, "owner"); }),
    ];
}
