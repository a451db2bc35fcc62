namespace Ext2Union.Posix.Tests.Groups;

/// <summary>flock(2), record locks, and descriptors that outlive changes.</summary>
internal static class LockGroup
{
    public static readonly Behaviour[] All =
    [
        Refused("flock: two exclusive ones are EAGAIN", "f", EAGAIN, () => { Ok(Open("f", O_RDONLY).Flock(LOCK_EX)); return Open("f", O_RDONLY).Flock(LOCK_EX | LOCK_NB); }),
        Refused("flock: exclusive beside shared is EAGAIN", "f", EAGAIN, () => { Ok(Open("f", O_RDONLY).Flock(LOCK_SH)); return Open("f", O_RDONLY).Flock(LOCK_EX | LOCK_NB); }),
        Does("flock: two shared ones", "f", () => { Ok(Open("f", O_RDONLY).Flock(LOCK_SH)); Ok(Open("f", O_RDONLY).Flock(LOCK_SH | LOCK_NB)); }),
        Does("flock: free after unlocking", "f", () => { Descriptor f = Open("f", O_RDONLY); Ok(f.Flock(LOCK_EX)); Ok(f.Flock(LOCK_UN)); Ok(Open("f", O_RDONLY).Flock(LOCK_EX | LOCK_NB)); }),
        Does("flock: free after closing", "f", () => { Descriptor f = Open("f", O_RDONLY); Ok(f.Flock(LOCK_EX)); f.Close(); Ok(Open("f", O_RDONLY).Flock(LOCK_EX | LOCK_NB)); }),
        Does("flock of a directory", "d/", () => { Ok(Open("d", O_RDONLY).Flock(LOCK_EX)); Is(EAGAIN, Open("d", O_RDONLY).Flock(LOCK_EX | LOCK_NB)); }),
        Does("flock holds between a descriptor for reading and one for writing", "f=text", () => { Ok(Open("f", O_RDONLY).Flock(LOCK_EX)); Is(EAGAIN, Open("f", O_RDWR).Flock(LOCK_EX | LOCK_NB)); }),
        Refused("record locks: two that overlap are EAGAIN", "f=text", EAGAIN, () => { Ok(Open("f", O_RDWR).Lock(F_WRLCK, 0, 10)); return Open("f", O_RDWR).Lock(F_WRLCK, 5, 10); }),
        Does("record locks: two apart", "f=text", () => { Ok(Open("f", O_RDWR).Lock(F_WRLCK, 0, 10)); Ok(Open("f", O_RDWR).Lock(F_WRLCK, 10, 10)); }),
        Does("record locks: two for reading", "f=text", () => { Ok(Open("f", O_RDONLY).Lock(F_RDLCK, 0, 10)); Ok(Open("f", O_RDONLY).Lock(F_RDLCK, 0, 10)); }),
        Does("record locks: the one in the way is told", "f=text", () => { Ok(Open("f", O_RDWR).Lock(F_WRLCK, 0, 10)); Descriptor other = Open("f", O_RDWR); Same(F_WRLCK, other.LockInTheWay(F_RDLCK, 3, 1), "type"); Same(F_UNLCK, other.LockInTheWay(F_RDLCK, 30, 1), "type"); }),
        Does("record locks: free after unlocking a part", "f=text", () => { Descriptor f = Open("f", O_RDWR); Ok(f.Lock(F_WRLCK, 0, 30)); Ok(f.Lock(F_UNLCK, 10, 10)); Descriptor other = Open("f", O_RDWR); Ok(other.Lock(F_WRLCK, 10, 10)); Is(EAGAIN, other.Lock(F_WRLCK, 25, 1)); }),
        Refused("record locks for writing by a descriptor for reading are EBADF", "f=text", EBADF, () => Open("f", O_RDONLY).Lock(F_WRLCK, 0, 10)),
        Does("record locks hold between a descriptor for reading and a later one for writing", "f=text", () => { Ok(Open("f", O_RDONLY).Lock(F_RDLCK, 0, 10)); Is(EAGAIN, Open("f", O_RDWR).Lock(F_WRLCK, 0, 10)); }).NotOn(Subjects.KernelOverlay, "record locks are the layers' there", Flavour.Below),
        Does("a locked file is written by others", "f=text", () => { Ok(Open("f", O_RDWR).Flock(LOCK_EX)); Is(1, Open("f", O_WRONLY).Write("x")); }, () => Reads("xext", "f")),
        Does("a lock survives a rename", "f=text", () => { Ok(Open("f", O_RDONLY).Flock(LOCK_EX)); Ok(Rename("f", "g")); Is(EAGAIN, Open("g", O_RDONLY).Flock(LOCK_EX | LOCK_NB)); }),

        Does("many descriptors of one file", "f=text", () => { Descriptor[] all = [.. Enumerable.Range(0, 100).Select(_ => Open("f", O_RDWR))]; for (int i = 0; i < 100; i++) { Is(1, all[i].Pwrite(i, "x")); } Same(new string('x', 100), all[7].Pread(0, 200), "content"); }, () => Reads(new string('x', 100), "f")),
        Does("a descriptor of a file that was moved", "f=text d/", () => { Descriptor f = Open("f", O_RDWR); Ok(Rename("f", "d/g")); Is(3, f.Write("new")); }, () => Reads("newt", "d/g")),
        Does("a descriptor for reading of a file that was moved and written", "f=text d/", () => { Descriptor f = Open("f", O_RDONLY); Ok(Rename("f", "d/g")); Is(3, Open("d/g", O_WRONLY).Write("new")); Same("newt", f.Pread(0, 9), "content"); }),
        Does("a descriptor of a file in a directory that was moved", "d/ d/f=text", () => { Descriptor f = Open("d/f", O_RDWR); Ok(Rename("d", "e")); Is(3, f.Write("new")); Ok(f.Fsync()); }, () => Reads("newt", "e/f")),
        Does("a descriptor of a directory that was moved", "d/ d/f=text", () => { Descriptor d = Open("d", O_RDONLY); Ok(Rename("d", "e")); Ok(d.Openat("f", O_RDWR)); Ok(d.Openat("g", O_RDWR | O_CREAT)); }, () => Ls("f g", "e")),
        Does("a descriptor of a replaced file", "f=old g=new", () => { Descriptor f = Open("f", O_RDONLY); Ok(Rename("g", "f")); Same("old", f.Read(9), "the replaced one"); Reads("new", "f"); }),
        Does("a descriptor of an exchanged file", "f=one g=two", () => { Descriptor f = Open("f", O_RDWR); Ok(Rename("f", "g", RENAME_EXCHANGE)); Is(3, f.Write("new")); }, () => { Reads("new", "g"); Reads("two", "f"); }),
        Does("everything by descriptor, one after the other", "f=text", () => { Descriptor f = Open("f", O_RDONLY); Ok(f.Fchmod(Oct(600))); Ok(f.Fchown(5, 6)); Ok(f.Futimens((5, 6), (7, 8))); Ok(f.Fsetxattr("user.a", "v")); Ok(f.SetFlags(FS_NODUMP_FL)); Ok(f.Fsync()); Same("text", f.Read(9), "content"); }, () => { Mode(600, "f"); Owner(5, 6, "f"); Same(new(7, 8), Lstat("f").Mtime, "mtime"); Same("v", Getxattr("f", "user.a"), "user.a"); Same(FS_NODUMP_FL, Flags("f") & FS_NODUMP_FL, "flags"); Reads("text", "f"); }),
        Does("everything by descriptor of an unlinked file", "f=text", () => { Descriptor f = Open("f", O_RDWR); Ok(Unlink("f")); Ok(f.Fchmod(Oct(600))); Ok(f.Fchown(5, 6)); Ok(f.Futimens((5, 6), (7, 8))); Ok(f.Fsetxattr("user.a", "v")); Same("v", f.Fgetxattr("user.a"), "user.a"); Ok(f.Ftruncate(2)); Same((Oct(600), 5u, 2L), (f.Fstat().Perm, f.Fstat().Uid, f.Fstat().Size), "mode, owner, size"); }, () => Ls("")),
    ];
}
