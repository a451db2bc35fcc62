using Ext2Union.Vfs;

namespace Ext2Union.Posix.Tests.Groups;

/// <summary>utimensat(2), and what stat(2) shows.</summary>
internal static class TimesGroup
{
    private static readonly (long, long) Now = (0, UTIME_NOW);
    private static readonly (long, long) Omit = (0, UTIME_OMIT);

    public static readonly Behaviour[] All =
    [
        Does("both times are set to the nanosecond", "f=text", () => Ok(Utimens("f", (1, 999_999_999), (2_000_000_000, 1))), () => { Same(new(1, 999_999_999), Lstat("f").Atime, "atime"); Same(new(2_000_000_000, 1), Lstat("f").Mtime, "mtime"); Reads("text", "f"); }),
        Does("times before 1970", "f", () => Ok(Utimens("f", (-1, 5), (-1000, 500_000_000))), () => { Same(new(-1, 5), Lstat("f").Atime, "atime"); Same(new(-1000, 500_000_000), Lstat("f").Mtime, "mtime"); }),
        Does("times after 2038", "f", () => Ok(Utimens("f", (5_000_000_000, 5), (4_294_967_296, 7))), () => { Same(new(5_000_000_000, 5), Lstat("f").Atime, "atime"); Same(new(4_294_967_296, 7), Lstat("f").Mtime, "mtime"); }),
        Does("UTIME_NOW is now", "f", () => Ok(Utimens("f", Now, Now)), () => { Differs(Preparation.Time, Lstat("f").Atime, "atime"); IsModified("f"); }),
        Does("UTIME_OMIT of the access time", "f", () => Ok(Utimens("f", Omit, (5, 6))), () => { Same(Preparation.Time, Lstat("f").Atime, "atime"); Same(new(5, 6), Lstat("f").Mtime, "mtime"); }),
        Does("UTIME_OMIT of the modification time", "f", () => Ok(Utimens("f", (5, 6), Omit)), () => { Same(new(5, 6), Lstat("f").Atime, "atime"); IsNotModified("f"); }),
        Does("UTIME_OMIT of both changes nothing", "f", () => DoesNotChange("f", () => Ok(Utimens("f", Omit, Omit))), () => IsNotModified("f")),
        Does("a null pointer is now", "f", () => Ok(Touch("f")), () => IsModified("f")),
        Does("setting times sets the change time", "f", () => Changes("f", () => Ok(Utimens("f", (5, 6), (7, 8))))),
        Does("times of a directory", "d/ d/f", () => Ok(Utimens("d", (5, 6), (7, 8))), () => { Same(new(7, 8), Lstat("d").Mtime, "mtime"); Ls("f", "d"); }),
        Does("times go through a symlink", "f l>f", () => Ok(Utimens("l", (5, 6), (7, 8))), () => { Same(new(7, 8), Lstat("f").Mtime, "mtime"); IsNotModified("l"); }),
        Does("times of a fifo", "p|", () => Ok(Utimens("p", (5, 6), (7, 8))), () => Same(new(7, 8), Lstat("p").Mtime, "mtime")),
        Does("times of a device", "c%1:3", () => Ok(Utimens("c", (5, 6), (7, 8))), () => { Same(new(7, 8), Lstat("c").Mtime, "mtime"); Same((1u, 3u), Lstat("c").Rdev, "device"); }),
        Does("futimens by a descriptor opened for reading", "f=text", () => Ok(Open("f", O_RDONLY).Futimens((5, 6), (7, 8))), () => { Same(new(7, 8), Lstat("f").Mtime, "mtime"); Reads("text", "f"); }),
        Does("futimens of a directory", "d/", () => Ok(Open("d", O_RDONLY).Futimens((5, 6), (7, 8))), () => Same(new(7, 8), Lstat("d").Mtime, "mtime")),
        Does("the parent's times stay", "d/ d/f", () => DoesNotChange("d", () => Ok(Utimens("d/f", (5, 6), (7, 8)))), () => IsNotModified("d")),
        Does("the owner sets any time", "f@0644:1000:1000", () => Ok(User.Someone(() => Utimens("f", (5, 6), (7, 8)))), () => Same(new(7, 8), Lstat("f").Mtime, "mtime")),
        Does("who may write sets now", "f@0666", () => Ok(User.Someone(() => Touch("f"))), () => IsModified("f")),
        Refused("who may write does not set another time: EPERM", "f@0666", EPERM, () => User.Someone(() => Utimens("f", (5, 6), (7, 8)))),
        Refused("who may write does not set one time now and leave the other: EPERM", "f@0666", EPERM, () => User.Someone(() => Utimens("f", Now, Omit))),
        Refused("who may not write does not set now: EACCES", "f@0644", EACCES, () => User.Someone(() => Touch("f"))),
        Refused("times of nothing are ENOENT", "", ENOENT, () => Utimens("f", (5, 6), (7, 8))),
        Refused("nanoseconds out of range are EINVAL", "f", EINVAL, () => Utimens("f", (5, 1_000_000_000), (7, 8))),
        Refused("times of a symlink to nothing are ENOENT", "l>none", ENOENT, () => Utimens("l", (5, 6), (7, 8))),

        Does("a new object has three equal times, now", "", () => { Ok(Mkdir("d")); Stat stat = Lstat("d"); Same(stat.Mtime, stat.Ctime, "ctime"); Same(stat.Mtime, stat.Atime, "atime"); True(Math.Abs(stat.Mtime.Seconds - DateTimeOffset.UtcNow.ToUnixTimeSeconds()) < 60, "it is about now"); }),
        Does("times have more than seconds", "", () => { uint nanoseconds = 0; for (int i = 0; i < 3; i++) { Put($"f{i}", ""); nanoseconds |= Lstat($"f{i}").Mtime.Nanoseconds; Thread.Sleep(7); } True(nanoseconds != 0, "nanoseconds"); }),
        Does("the time of creation stays", "", () => { Put("f", "text"); Timestamp birth = Lstat("f").Btime; Thread.Sleep(15); Put("f", "other"); Ok(Chmod("f", Oct(600))); Same(birth, Lstat("f").Btime, "time of creation"); }),
        Does("creating sets the parent's times", "d/", () => Changes("d", () => Put("d/f", "")), () => IsModified("d")),
        Does("removing sets the parent's times", "d/ d/f", () => Changes("d", () => Ok(Unlink("d/f"))), () => IsModified("d")),
        Does("symlinking sets the parent's times", "d/", () => Changes("d", () => Ok(Symlink("x", "d/l"))), () => IsModified("d")),
        Does("the grandparent's times stay", "d/ d/e/ d/e/f", () => { Put("d/e/g", ""); Ok(Unlink("d/e/f")); }, () => { IsNotModified("d"); IsModified("d/e"); }),
        Does("renaming within a directory sets its times", "d/ d/f", () => Changes("d", () => Ok(Rename("d/f", "d/g"))), () => IsModified("d")),
        Does("setting an extended attribute sets the change time and no other", "f", () => Changes("f", () => Ok(Setxattr("f", "user.a", "b"))), () => IsNotModified("f")),
        Does("removing an extended attribute sets the change time", "f f+user.a=b", () => Changes("f", () => Ok(Removexattr("f", "user.a"))), () => IsNotModified("f")),
        Does("setting flags sets the change time and no other", "f", () => Changes("f", () => Ok(SetFlags("f", FS_NODUMP_FL))), () => IsNotModified("f")),

        Does("a file has one link", "f", () => Links(1, "f")),
        Does("a directory that lies there has the links it has", "d/ d/e/ d/g/ d/h", () => True(Lstat("d").Nlink == 4 || (Lstat("d").Nlink == 1 && !Subject.CountsSubdirectories), $"links of d: {Lstat("d").Nlink}")),
        Does("size and blocks of an empty file are 0", "f", () => { Size(0, "f"); Same(0L, Lstat("f").Blocks, "blocks"); }),
        Does("st_dev is one for all", "f d/ d/g l>f p|", () => { foreach (string path in (string[])["f", "d", "d/g", "l", "p"]) { Same(Lstat(".").Dev, Lstat(path).Dev, path); } }),
        Does("numbers differ", "f g d/ d/h l>f p| s& c%1:3", () => Same(8, ((string[])["f", "g", "d", "d/h", "l", "p", "s", "c"]).Select(path => Lstat(path).Ino).Distinct().Count(), "different numbers")),
        Does("a number stays when an object is changed in every way", "f=text", () => { ulong number = Lstat("f").Ino; Ok(Chmod("f", Oct(600))); Same(number, Lstat("f").Ino, "after chmod"); Is(1, Open("f", O_WRONLY).Write("x")); Ok(Link("f", "g")); Ok(Rename("f", "h")); Same(number, Lstat("h").Ino, "in the end"); Same(number, Listing.Of(".").Find(entry => entry.Name == "g").Ino, "d_ino"); }),
        Does("a directory's number stays when it is changed", "d/ d/f", () => { ulong number = Lstat("d").Ino; Put("d/g", ""); Ok(Chmod("d", Oct(700))); Same(number, Lstat("d").Ino, "number"); Same(number, Listing.Of("d").Find(entry => entry.Name == ".").Ino, "d_ino of ."); Same(number, Open("d", O_RDONLY).Fstat().Ino, "by descriptor"); }),
        Does("the preferred size of an I/O is sane", "f", () => True(Lstat("f").BlockSize is >= 512 and <= 1 << 20, $"st_blksize {Lstat("f").BlockSize}")),
        Does("statfs is sane", "", () =>
        {
            Ok(Statfs(".", out long[] fields));
            (long size, long blocks, long free, long available, long inodes, long freeInodes) = (fields[1], fields[2], fields[3], fields[4], fields[5], fields[6]);
            True(size is >= 512 and <= 65536, $"block size {size}");
            True(blocks > 0 && free > 0 && free <= blocks && available <= free, $"blocks {blocks}, free {free}, available {available}");
            True(inodes >= freeInodes && freeInodes >= 0, $"inodes {inodes}, free {freeInodes}");
            Same(255L, fields[8], "longest name");
        }),
        Does("statfs counts what is written", "", () => { Ok(Statfs(".", out long[] before)); Put("f", Files.Pattern(1 << 20)); Ok(Open("f", O_RDONLY).Fsync()); Ok(Statfs(".", out long[] after)); True(before[3] - after[3] >= (1 << 20) / before[1], $"free blocks before {before[3]}, after {after[3]}"); }),
    ];
}
