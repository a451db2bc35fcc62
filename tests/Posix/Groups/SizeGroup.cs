namespace Ext2Union.Posix.Tests.Groups;

/// <summary>truncate(2), fallocate(2), and holes.</summary>
internal static class SizeGroup
{
    private const string Ext2HasNone = "ext2 has no unwritten blocks: the kernel refuses";

    public static readonly Behaviour[] All =
    [
        Does("truncate shortens", "f=*10000", () => Ok(Truncate("f", 4000)), () => { Reads(Files.Pattern(10000)[..4000], "f"); IsModified("f"); }),
        Does("truncate lengthens with zeros", "f=text", () => Ok(Truncate("f", 10)), () => Reads("text\0\0\0\0\0\0", "f")),
        Does("truncate far beyond the end costs nothing", "f=text", () => Ok(Truncate("f", 5 << 20)), () => { Size(5 << 20, "f"); True(Lstat("f").Blocks <= 16, "a hole costs no blocks"); }),
        Does("what was cut does not come back", "f=*10000", () => { Ok(Truncate("f", 100)); Ok(Truncate("f", 10000)); }, () => Reads(Files.Pattern(10000)[..100] + new string('\0', 9900), "f")),
        Does("what was cut within a block does not come back by a later write", "f=*4096", () => { Ok(Truncate("f", 100)); Is(1, Open("f", O_WRONLY).Pwrite(4000, "x")); }, () => Reads(Files.Pattern(4096)[..100] + new string('\0', 3900) + "x", "f")),
        Does("truncate to 0 frees all blocks", "f=*50000", () => Ok(Truncate("f", 0)), () => { Size(0, "f"); Same(0L, Lstat("f").Blocks, "blocks"); }),
        Does("truncate to the same size sets the times", "f=text", () => Changes("f", () => Ok(Truncate("f", 4))), () => { Reads("text", "f"); IsModified("f"); }),
        Does("truncate goes through a symlink", "t=text l>t", () => Ok(Truncate("l", 1)), () => Reads("t", "t")),
        Does("ftruncate shortens and leaves the position", "f=text", () => { Descriptor f = Open("f", O_RDWR); Is(4, f.Lseek(4, SEEK_SET)); Ok(f.Ftruncate(1)); Is(1, f.Write("x")); }, () => Reads("t\0\0\0x", "f")),
        Does("ftruncate of a file without a name", "f=text", () => { Descriptor f = Open("f", O_RDWR); Ok(Unlink("f")); Ok(f.Ftruncate(2)); Same("te", f.Pread(0, 9), "content"); }),
        Refused("truncate of nothing is ENOENT", "", ENOENT, () => Truncate("f", 0)),
        Refused("truncate of a directory is EISDIR", "d/", EISDIR, () => Truncate("d", 0)),
        Refused("truncate of a fifo is EINVAL", "p|", EINVAL, () => Truncate("p", 0)),
        Refused("truncate below a file is ENOTDIR", "f", ENOTDIR, () => Truncate("f/g", 0)),
        Refused("truncate to a negative size is EINVAL", "f=text", EINVAL, () => Truncate("f", -1)),
        Refused("ftruncate of a descriptor opened for reading is EINVAL", "f=text", EINVAL, () => Open("f", O_RDONLY).Ftruncate(0)),
        Refused("truncate of a file one may not write is EACCES", "f=text@0644", EACCES, () => User.Someone(() => Truncate("f", 0))),
        Does("truncate takes set-user-id away for others", "f=text@4777", () => Ok(User.Someone(() => Truncate("f", 1))), () => Mode(777, "f")),

        Does("a hole is a hole: SEEK_DATA finds what is behind", "f=^65536:data", () => { Descriptor f = Open("f", O_RDONLY); Is(65536, f.Lseek(0, SEEK_DATA)); Is(0, f.Lseek(0, SEEK_HOLE)); }),
        Does("SEEK_HOLE of data is the end", "f=*10000", () => { Descriptor f = Open("f", O_RDONLY); Is(10000, f.Lseek(0, SEEK_HOLE)); Is(5000, f.Lseek(5000, SEEK_DATA)); }),
        Does("SEEK_HOLE finds the hole between", "f=*4096", () => { Descriptor f = Open("f", O_RDWR); Is(1, f.Pwrite(81920, "x")); Is(4096, f.Lseek(0, SEEK_HOLE)); Is(81920, f.Lseek(4096, SEEK_DATA)); }),
        Refused("SEEK_DATA at the end is ENXIO", "f=text", ENXIO, () => Open("f", O_RDONLY).Lseek(4, SEEK_DATA)),
        Refused("SEEK_HOLE beyond the end is ENXIO", "f=text", ENXIO, () => Open("f", O_RDONLY).Lseek(100, SEEK_HOLE)),
        Refused("SEEK_DATA in a last hole is ENXIO", "f=^65536:", ENXIO, () => Open("f", O_RDONLY).Lseek(0, SEEK_DATA)),
        Refused("SEEK_DATA at a negative offset is ENXIO", "f=text", ENXIO, () => Open("f", O_RDONLY).Lseek(-1, SEEK_DATA)),
        Does("holes do not count as blocks", "f=^400000:data", () => True(Lstat("f").Blocks <= 24, $"{Lstat("f").Blocks} blocks for 400,004 bytes with four of data")),
        Does("blocks count what is written", "f=*40000", () => True(Lstat("f").Blocks is >= 79 and <= 96, $"{Lstat("f").Blocks} blocks for 40,000 bytes")),
        Does("holes stay holes when something is written beside them", "f=^400000:data", () => Is(1, Open("f", O_WRONLY).Pwrite(0, "x")), () => { True(Lstat("f").Blocks <= 32, "blocks"); Same("x\0", Files.Content("f")[..2], "start"); }),

        Does("punching a hole zeroes", "f=*20000", () => Ok(Open("f", O_RDWR).Fallocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 3000, 10000)), () => Reads(Files.Pattern(20000)[..3000] + new string('\0', 10000) + Files.Pattern(20000)[13000..], "f")),
        Does("punching a hole frees blocks and is found by SEEK_HOLE", "f=*40960", () => Ok(Open("f", O_RDWR).Fallocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 8192, 16384)), () =>
        {
            Descriptor f = Open("f", O_RDONLY);
            Is(8192, f.Lseek(0, SEEK_HOLE));
            Is(24576, f.Lseek(8192, SEEK_DATA));
            True(Lstat("f").Blocks <= 64, $"{Lstat("f").Blocks} blocks");
        }).NotOn(Subjects.Unions, "a punched range of an incomplete copy is allocated: a hole would show the lower's data", Flavour.Below),
        Does("punching a hole sets the times and keeps the size", "f=*20000", () => Changes("f", () => Ok(Open("f", O_RDWR).Fallocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 16000, 100000))), () => { Size(20000, "f"); IsModified("f"); }),
        Does("punching a hole behind the end changes nothing", "f=text", () => Ok(Open("f", O_RDWR).Fallocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 100000, 1000)), () => Reads("text", "f")),
        Does("a punched hole can be written again", "f=*20000", () => { Descriptor f = Open("f", O_RDWR); Ok(f.Fallocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096, 8192)); Is(3, f.Pwrite(8000, "new")); }, () => Same("\0new\0", Files.Content("f")[7999..8004], "content")),
        Does("what a mapping shows of a punched hole is zeros", "f=*8192", () => { Descriptor f = Open("f", O_RDWR); using var map = new Mapping(f, 8192, false); Same(Files.Pattern(8192)[4096..4099], map[4096, 4099], "before"); Ok(f.Fallocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096, 4096)); Same("\0\0\0", map[4096, 4099], "after"); }),
        Refused("punching a hole without KEEP_SIZE is EOPNOTSUPP", "f=text", EOPNOTSUPP, () => Open("f", O_RDWR).Fallocate(FALLOC_FL_PUNCH_HOLE, 0, 1)),
        Does("fallocate lengthens with zeros", "f=text", () => Ok(Open("f", O_RDWR).Fallocate(0, 0, 10)), () => Reads("text\0\0\0\0\0\0", "f")).NotOn(Subjects.Kernel, Ext2HasNone),
        Does("fallocate takes the space", "f", () => Ok(Open("f", O_RDWR).Fallocate(0, 0, 100000)), () => { Size(100000, "f"); True(Lstat("f").Blocks >= 195, $"{Lstat("f").Blocks} blocks"); }).NotOn(Subjects.Kernel, Ext2HasNone),
        Does("fallocate fills a hole without changing what is there", "f=^65536:data", () => Ok(Open("f", O_RDWR).Fallocate(0, 0, 65540)), () => { Same("\0data", Files.Content("f")[65535..], "content"); True(Lstat("f").Blocks >= 128, "blocks"); }).NotOn(Subjects.Kernel, Ext2HasNone),
        Does("fallocate with KEEP_SIZE within the file keeps size and content", "f=^65536:data", () => Ok(Open("f", O_RDWR).Fallocate(FALLOC_FL_KEEP_SIZE, 0, 65536)), () => { Size(65540, "f"); Same("\0data", Files.Content("f")[65535..], "content"); }).NotOn(Subjects.Kernel, Ext2HasNone),
        Does("ZERO_RANGE zeroes", "f=*20000", () => Ok(Open("f", O_RDWR).Fallocate(FALLOC_FL_ZERO_RANGE, 3000, 10000)), () => Reads(Files.Pattern(20000)[..3000] + new string('\0', 10000) + Files.Pattern(20000)[13000..], "f")).NotOn(Subjects.Kernel, Ext2HasNone),
        Does("ZERO_RANGE over the end lengthens", "f=text", () => Ok(Open("f", O_RDWR).Fallocate(FALLOC_FL_ZERO_RANGE, 2, 4)), () => Reads("te\0\0\0\0", "f")).NotOn(Subjects.Kernel, Ext2HasNone),
        Does("ZERO_RANGE with KEEP_SIZE over the end does not", "f=text", () => Ok(Open("f", O_RDWR).Fallocate(FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, 2, 2)), () => Reads("te\0\0", "f")).NotOn(Subjects.Kernel, Ext2HasNone),
        Refused("COLLAPSE_RANGE is EOPNOTSUPP", "f=*16384", EOPNOTSUPP, () => Open("f", O_RDWR).Fallocate(FALLOC_FL_COLLAPSE_RANGE, 0, 4096)).MayLeaveTraces(Subjects.Kernel),
        Refused("INSERT_RANGE is EOPNOTSUPP", "f=*16384", EOPNOTSUPP, () => Open("f", O_RDWR).Fallocate(FALLOC_FL_INSERT_RANGE, 0, 4096)).MayLeaveTraces(Subjects.Kernel),
        Refused("fallocate of no length is EINVAL", "f=text", EINVAL, () => Open("f", O_RDWR).Fallocate(0, 0, 0)),
        Refused("fallocate at a negative offset is EINVAL", "f=text", EINVAL, () => Open("f", O_RDWR).Fallocate(0, -1, 10)),
        Refused("fallocate of a descriptor opened for reading is EBADF", "f=text", EBADF, () => Open("f", O_RDONLY).Fallocate(0, 0, 10)),
        Refused("fallocate of a fifo is ESPIPE", "p|", ESPIPE, () => Open("p", O_RDWR | O_NONBLOCK).Fallocate(0, 0, 10)),
        Refused("fallocate beyond the largest file is EFBIG", "f=text", EFBIG, () => Open("f", O_RDWR).Fallocate(0, 1L << 62, 10)).NotOn(Subjects.OnTmpfs, "memory holds data at any offset"),
        Does("punching a hole takes set-user-id away for others", "f=*9000@4777", () => Ok(User.Someone(() => Open("f", O_RDWR).Fallocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096))), () => Mode(777, "f")),
    ];
}
