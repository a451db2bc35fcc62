namespace Ext2Union.Posix.Tests.Groups;

/// <summary>read(2), write(2), their positions, O_APPEND, mappings and copies.</summary>
internal static class IoGroup
{
    private const long Huge = 1L << 62;
    private const string AnyOffset = "memory holds data at any offset";
    private const string NotOverLayers = "overlayfs answers EXDEV between its layers";

    public static readonly Behaviour[] All =
    [
        Does("write at the start overwrites", "f=old_text", () => Is(3, Open("f", O_WRONLY).Write("new")), () => { Reads("new_text", "f"); IsModified("f"); }),
        Does("writes go on where the last ended", "f", () => { Descriptor f = Open("f", O_WRONLY); Is(2, f.Write("ab")); Is(2, f.Write("cd")); Is(4, f.Lseek(0, SEEK_CUR)); }, () => Reads("abcd", "f")),
        Does("pwrite leaves the position alone", "f=abcdef", () => { Descriptor f = Open("f", O_RDWR); Is(2, f.Pwrite(3, "XY")); Same("abc", f.Read(3), "read from the start"); }, () => Reads("abcXYf", "f")),
        Does("pwrite beyond the end leaves zeros", "f=ab", () => Is(1, Open("f", O_WRONLY).Pwrite(5, "x")), () => Reads("ab\0\0\0x", "f")),
        Does("pwrite far beyond the end leaves a hole", "f=ab", () => Is(1, Open("f", O_WRONLY).Pwrite(1 << 20, "x")), () => { Size((1 << 20) + 1, "f"); True(Lstat("f").Blocks < 100, "a hole costs no blocks"); }),
        Does("a write over several blocks", "f=*20000", () => Is(9000, Open("f", O_WRONLY).Pwrite(3000, Files.Pattern(9000, 7))), () => Reads(Files.Pattern(20000)[..3000] + Files.Pattern(9000, 7) + Files.Pattern(20000)[12000..], "f")),
        Does("a write in the middle of a block keeps the rest of it", "f=*8192", () => Is(5, Open("f", O_WRONLY).Pwrite(4100, "HELLO")), () => Reads(Files.Pattern(8192)[..4100] + "HELLO" + Files.Pattern(8192)[4105..], "f")),
        Does("a write of nothing changes nothing", "f=text", () => DoesNotChange("f", () => Is(0, Open("f", O_WRONLY).Write(""))), () => IsNotModified("f")),
        Does("a write sets modification and change time", "f=text", () => Changes("f", () => Is(1, Open("f", O_WRONLY).Write("x"))), () => IsModified("f")),
        Does("a write does not change the parent", "d/ d/f=text", () => DoesNotChange("d", () => Is(1, Open("d/f", O_WRONLY).Write("x"))), () => IsNotModified("d")),
        Does("read at the end answers nothing", "f=text", () => { Descriptor f = Open("f", O_RDONLY); Same("text", f.Read(100), "content"); Is(0, f.TryRead(100)); Same("", f.Pread(1000, 10), "beyond the end"); }),
        Does("read of a hole is zeros", "f=^9000:end", () => { Descriptor f = Open("f", O_RDONLY); Same(new string('\0', 10), f.Pread(4090, 10), "hole"); Same("\0end", f.Pread(8999, 10), "end"); }),
        Does("reading changes no times but that of access", "f=text", () => DoesNotChange("f", () => Reads("text", "f")), () => IsNotModified("f")),
        Does("lseek beyond the end is no change", "f=text", () => { Descriptor f = Open("f", O_RDWR); Is(1000, f.Lseek(1000, SEEK_SET)); Is(4, f.Lseek(0, SEEK_END)); }, () => Size(4, "f")),
        Refused("lseek before the start is EINVAL", "f=text", EINVAL, () => Open("f", O_RDONLY).Lseek(-1, SEEK_SET)),
        Refused("lseek of a kind that is not is EINVAL", "f=text", EINVAL, () => Open("f", O_RDONLY).Lseek(0, 99)),
        Refused("pwrite at a negative offset is EINVAL", "f=text", EINVAL, () => Open("f", O_WRONLY).Pwrite(-1, "x")),
        Refused("pwrite beyond the largest file is EFBIG", "f=text", EFBIG, () => Open("f", O_WRONLY).Pwrite(Huge, "x")).NotOn(Subjects.OnTmpfs, AnyOffset),
        Refused("pwrite beyond what ext2 can map is EFBIG", "f=text", EFBIG, () => Open("f", O_WRONLY).Pwrite(1L << 43, "x")).NotOn(Subjects.OnTmpfs, AnyOffset),
        Refused("truncate beyond the largest file is EFBIG", "f=text", EFBIG, () => Truncate("f", Huge)).NotOn(Subjects.OnTmpfs, AnyOffset),
        Does("O_APPEND writes at the end wherever the position is", "f=one", () => { Descriptor f = Open("f", O_WRONLY | O_APPEND); Is(0, f.Lseek(0, SEEK_SET)); Is(3, f.Write("two")); Is(6, f.Lseek(0, SEEK_CUR)); }, () => Reads("onetwo", "f")),
        Does("O_APPEND with pwrite still appends", "f=one", () => Is(3, Open("f", O_WRONLY | O_APPEND).Pwrite(0, "two")), () => Reads("onetwo", "f")),
        Does("two O_APPEND descriptors never overwrite each other", "f=_", () => { Descriptor a = Open("f", O_WRONLY | O_APPEND), b = Open("f", O_WRONLY | O_APPEND); for (int i = 0; i < 5; i++) { Is(2, a.Write("aa")); Is(2, b.Write("bb")); } }, () => Reads("_aabbaabbaabbaabbaabb", "f")),
        Does("O_APPEND sees what was cut", "f=longer", () => { Descriptor f = Open("f", O_RDWR | O_APPEND); Ok(Truncate("f", 2)); Is(1, f.Write("!")); }, () => Reads("lo!", "f")),
        Does("appending to a file of several blocks", "f=*10000", () => Is(10, Open("f", O_WRONLY | O_APPEND).Write("0123456789")), () => Reads(Files.Pattern(10000) + "0123456789", "f")),

        Does("a descriptor opened for reading before sees what another writes", "f=old", () => { Descriptor r = Open("f", O_RDONLY); Same("old", r.Pread(0, 9), "before"); Is(3, Open("f", O_RDWR).Write("new")); Same("new", r.Pread(0, 9), "after"); Same(3L, r.Fstat().Size, "size"); }),
        Does("... and what it appends", "f=old", () => { Descriptor r = Open("f", O_RDONLY); Same("old", r.Read(9), "before"); Is(2, Open("f", O_WRONLY | O_APPEND).Write("er")); Same("er", r.Read(9), "after"); }),
        Does("... and that it truncates", "f=text", () => { Descriptor r = Open("f", O_RDONLY); Ok(Truncate("f", 2)); Same("te", r.Pread(0, 9), "after"); Same(2L, r.Fstat().Size, "size"); }),
        Does("... and its mode and owner", "f=text", () => { Descriptor r = Open("f", O_RDONLY); Ok(Chmod("f", Oct(600))); Ok(Chown("f", 7, 8)); Same((Oct(600), 7u, 8u), (r.Fstat().Perm, r.Fstat().Uid, r.Fstat().Gid), "mode and owner"); }),
        Does("... and one that was read in full is not cached stale", "f=*100000", () => { Descriptor r = Open("f", O_RDONLY); Same(100000, r.Pread(0, 100000).Length, "before"); Is(4, Open("f", O_WRONLY).Pwrite(50000, "EDIT")); Same("EDIT", r.Pread(50000, 4), "after"); }),
        Does("the number of an open file stays when it is written", "f=text", () => { Descriptor r = Open("f", O_RDONLY); ulong number = r.Fstat().Ino; Is(1, Open("f", O_WRONLY).Write("x")); Same(number, r.Fstat().Ino, "by descriptor"); Same(number, Lstat("f").Ino, "by name"); }),

        Does("a shared mapping shows the content", "f=*5000", () => { using var map = new Mapping(Open("f", O_RDONLY), 5000, false); Same(Files.Pattern(5000)[..20], map[0, 20], "start"); Same(Files.Pattern(5000)[4990..], map[4990, 5000], "end"); }),
        Does("a mapping shows zeros behind the end in its last page", "f=text", () => { using var map = new Mapping(Open("f", O_RDONLY), 4096, false); Same("text\0\0\0", map[0, 7], "page"); }),
        Does("a mapping made before shows what is written after", "f=old", () => { Descriptor r = Open("f", O_RDWR); using var map = new Mapping(r, 4096, false); Same("old", map[0, 3], "before"); Is(3, r.Pwrite(0, "new")); Same("new", map[0, 3], "after"); }),
        Does("a mapping of a descriptor opened for reading shows what another writes", "f=old", () => { using var map = new Mapping(Open("f", O_RDONLY), 4096, false); Same("old", map[0, 3], "before"); Is(3, Open("f", O_WRONLY).Pwrite(0, "new")); Same("new", map[0, 3], "after"); }).NotOn(Subjects.KernelOverlay, "a mapping of the lower stays one", Flavour.Below),
        Does("what is stored through a mapping is written", "f=*9000", () => { using var map = new Mapping(Open("f", O_RDWR), 9000, true); map[5000, 5004] = "EDIT"; Ok(map.Msync()); }, () => Reads(Files.Pattern(9000)[..5000] + "EDIT" + Files.Pattern(9000)[5004..], "f")),
        Does("what is stored through a mapping is read by others", "f=old", () => { Descriptor f = Open("f", O_RDWR); using var map = new Mapping(f, 4096, true); map[0, 3] = "new"; Same("new", Open("f", O_RDONLY).Read(3), "by another descriptor"); Ok(map.Msync()); }, () => Reads("new", "f")),
        Does("storing through a mapping of a hole fills it", "f=^20000:end", () => { using var map = new Mapping(Open("f", O_RDWR), 20003, true); map[9000, 9004] = "data"; Ok(map.Msync()); }, () => Same("\0data\0", Files.Content("f")[8999..9005], "content")),
        Does("storing through a mapping sets the modification time", "f=old", () => { using var map = new Mapping(Open("f", O_RDWR), 4096, true); map[0, 3] = "new"; Ok(map.Msync()); }, () => IsModified("f")),
        Does("a mapping outlives its descriptor and its name", "f=text", () => { Descriptor f = Open("f", O_RDWR); using var map = new Mapping(f, 4096, true); f.Close(); Ok(Unlink("f")); Same("text", map[0, 4], "content"); map[0, 4] = "more"; Same("more", map[0, 4], "content"); }, () => Gone("f")),

        Does("copy_file_range copies", "f=*10000 g", () => Is(5000, Open("f", O_RDONLY).CopyTo(Open("g", O_WRONLY), 2000, 0, 5000)), () => { Reads(Files.Pattern(10000)[2000..7000], "g"); IsModified("g"); IsNotModified("f"); }).NotOn(Subjects.KernelOverlay, NotOverLayers, Flavour.Below),
        Does("copy_file_range stops at the end", "f=text g", () => Is(2, Open("f", O_RDONLY).CopyTo(Open("g", O_WRONLY), 2, 0, 5000)), () => Reads("xt", "g")).NotOn(Subjects.KernelOverlay, NotOverLayers, Flavour.Below),
        Does("copy_file_range behind the end copies nothing", "f=text g=old", () => Is(0, Open("f", O_RDONLY).CopyTo(Open("g", O_WRONLY), 100, 0, 5000)), () => Reads("old", "g")),
        Does("copy_file_range within one file", "f=*10000", () => { Descriptor f = Open("f", O_RDWR); Is(1000, f.CopyTo(f, 0, 9500, 1000)); }, () => Reads(Files.Pattern(10000)[..9500] + Files.Pattern(10000)[..1000], "f")),
        Refused("copy_file_range of overlapping ranges is EINVAL", "f=*10000", EINVAL, () => { Descriptor f = Open("f", O_RDWR); return f.CopyTo(f, 0, 500, 1000); }),
        Refused("copy_file_range to a descriptor opened for reading is EBADF", "f=text g", EBADF, () => Open("f", O_RDONLY).CopyTo(Open("g", O_RDONLY), 0, 0, 4)),
        Refused("copy_file_range to O_APPEND is EBADF", "f=text g", EBADF, () => Open("f", O_RDONLY).CopyTo(Open("g", O_WRONLY | O_APPEND), 0, 0, 4)),
        Refused("copy_file_range from a directory is EISDIR", "d/ g", EISDIR, () => Open("d", O_RDONLY).CopyTo(Open("g", O_WRONLY), 0, 0, 4)),
        Does("sendfile copies", "f=*10000 g=old", () => Is(3000, Open("f", O_RDONLY).SendTo(Open("g", O_WRONLY), 100, 3000)), () => Reads(Files.Pattern(10000)[100..3100], "g")),
        Does("O_SYNC writes", "f=old", () => Is(3, Open("f", O_WRONLY | O_SYNC).Write("new")), () => Reads("new", "f")),
        Does("fsync and fdatasync of a file", "f=old", () => { Descriptor f = Open("f", O_RDWR); Is(3, f.Write("new")); Ok(f.Fdatasync()); Is(1, f.Write("!")); Ok(f.Fsync()); }, () => Reads("new!", "f")),
        Does("fsync of a file opened for reading", "f=old", () => Ok(Open("f", O_RDONLY).Fsync())),
        Does("fsync of a directory", "d/", () => { Ok(TryOpen("d/f", O_WRONLY | O_CREAT)); Ok(Open("d", O_RDONLY).Fsync()); }, () => Ls("f", "d")),
        Refused("fsync of a fifo is EINVAL", "p|", EINVAL, () => Open("p", O_RDWR | O_NONBLOCK).Fsync()),
    ];
}
