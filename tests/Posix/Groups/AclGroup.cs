namespace Ext2Union.Posix.Tests.Groups;

/// <summary>POSIX access control lists: kept, inherited, kept in step with the mode, and enforced.</summary>
internal static class AclGroup
{
    private const string Named = "u::rw-,u:1000:rw-,g::r--,m::rw-,o::---";
    private const string ForDirectory = "u::rwx,u:1000:rwx,g::r-x,m::rwx,o::---";

    public static readonly Behaviour[] All =
    [
        Does("an access list is kept", "f=text", () => Ok(SetAcl("f", Named)), () => { Same(Named, Acl("f"), "list"); Reads("text", "f"); }),
        Does("an access list sets the mode: the group bits are the mask", "f@0600", () => Ok(SetAcl("f", Named)), () => Mode(660, "f")),
        Does("a list that says no more than the mode becomes the mode", "f@0600", () => Ok(SetAcl("f", "u::rwx,g::r-x,o::--x")), () => { Mode(751, "f"); Same("", Acl("f"), "list"); Same("", Listxattr("f"), "names"); }),
        Does("a list that lies there is shown", $"f f?{Named}", () => { Same(Named, Acl("f"), "list"); Mode(660, "f"); }),
        Does("a list survives a write", $"f=text f?{Named}", () => Is(1, Open("f", O_WRONLY).Write("x")), () => { Same(Named, Acl("f"), "list"); Mode(660, "f"); }),
        Does("a list survives a rename", $"d/ d?{ForDirectory} d/f", () => Ok(Rename("d", "e")), () => Same(ForDirectory, Acl("e"), "list")),
        Does("a default list survives a chmod of the directory", $"d/ d??{ForDirectory}", () => Ok(Chmod("d", Oct(700))), () => Same(ForDirectory, DefaultAcl("d"), "default list")),
        Does("chmod sets the mask", $"f f?{Named}", () => Ok(Chmod("f", Oct(640))), () => { Same("u::rw-,u:1000:rw-,g::r--,m::r--,o::---", Acl("f"), "list"); Mode(640, "f"); }),
        Does("chmod sets owner and others", $"f f?{Named}", () => Ok(Chmod("f", Oct(467))), () => Same("u::r--,u:1000:rw-,g::r--,m::rw-,o::rwx", Acl("f"), "list")),
        Does("fchmod sets the mask too", $"f f?{Named}", () => Ok(Open("f", O_RDONLY).Fchmod(Oct(600))), () => Same("u::rw-,u:1000:rw-,g::r--,m::---,o::---", Acl("f"), "list")),
        Does("removing the list leaves the mode", $"f f?{Named}", () => Ok(Removexattr("f", "system.posix_acl_access")), () => { Same("", Acl("f"), "list"); Mode(660, "f"); }),
        Does("replacing the list", $"f f?{Named}", () => Ok(SetAcl("f", "u::rwx,g::r--,g:2000:rwx,m::r-x,o::r--")), () => { Same("u::rwx,g::r--,g:2000:rwx,m::r-x,o::r--", Acl("f"), "list"); Mode(754, "f"); }),
        Does("a list is listed by its name", $"f f?{Named}", () => Same("system.posix_acl_access", Listxattr("f"), "names")),
        Does("setting a list sets the change time", "f", () => Changes("f", () => Ok(SetAcl("f", Named))), () => IsNotModified("f")),
        Does("a list of many entries is kept", "f", () => Ok(SetAcl("f", Large())), () => Same(Large(), Acl("f"), "list")),
        Does("chown keeps the list", $"f f?{Named}", () => Ok(Chown("f", 5, 6)), () => { Same(Named, Acl("f"), "list"); Owner(5, 6, "f"); }),
        Does("setting a list by one who is not in the group drops set-group-id", "f@2755:1000:7", () => Ok(User.Someone(() => SetAcl("f", "u::rwx,u:1001:rwx,g::r-x,m::rwx,o::r-x"))), () => Mode(775, "f")),

        Refused("a list in a wrong order is EINVAL", "f", EINVAL, () => SetAcl("f", "g::r--,u::rw-,o::---")),
        Refused("a list without others is EINVAL", "f", EINVAL, () => SetAcl("f", "u::rw-,g::r--")),
        Refused("a list with a named user and no mask is EINVAL", "f", EINVAL, () => SetAcl("f", "u::rw-,u:1000:rw-,g::r--,o::---")),
        Refused("a list of another version is EOPNOTSUPP", "f", EOPNOTSUPP, () => Setxattr("f", "system.posix_acl_access", "\u0003\0\0\0\u0001\0\u0007\0\0\0\0\0")),
        Refused("a list that is cut is EINVAL", "f", EINVAL, () => Setxattr("f", "system.posix_acl_access", "\u0002\0\0\0\u0001\0\u0007")),
        Refused("a default list of a file is EACCES", "f", EACCES, () => SetDefaultAcl("f", ForDirectory)),
        Refused("a list of a symlink is EOPNOTSUPP", "l>none", EOPNOTSUPP, () => SetAcl("l", Named)),
        Refused("a list of another's file is EPERM", "f@0666", EPERM, () => User.Someone(() => SetAcl("f", Named))),
        Refused("removing a list of another's file is EPERM", $"f f?{Named}", EPERM, () => User.Someone(() => Removexattr("f", "system.posix_acl_access"))),
        Refused("getting no list is ENODATA", "f", ENODATA, () => TryGetxattr("f", "system.posix_acl_access")),
        Refused("getting no default list is ENODATA", "d/", ENODATA, () => TryGetxattr("d", "system.posix_acl_default")),
        Refused("getting a list with too little room is ERANGE", $"f f?{Named}", ERANGE, () => TryGetxattr("f", "system.posix_acl_access", 10)),

        Does("a default list is kept and does not change the mode", "d/@0750", () => Ok(SetDefaultAcl("d", ForDirectory)), () => { Same(ForDirectory, DefaultAcl("d"), "default list"); Same("", Acl("d"), "list"); Mode(750, "d"); }),
        Does("a default list is removed", $"d/ d??{ForDirectory}", () => Ok(Removexattr("d", "system.posix_acl_default")), () => Same("", DefaultAcl("d"), "default list")),
        Does("a new file takes the default list as its own, cut by its mode", $"d/ d??{ForDirectory}", () => Ok(TryOpen("d/f", O_WRONLY | O_CREAT, Oct(664))), () => { Same("u::rw-,u:1000:rwx,g::r-x,m::rw-,o::---", Acl("d/f"), "list"); Mode(660, "d/f"); }),
        Does("the umask does not count where there is a default list", $"d/ d??{ForDirectory}", () => { Umask(Oct(77)); Ok(TryOpen("d/f", O_WRONLY | O_CREAT, Oct(666))); }, () => Mode(660, "d/f")),
        Does("the umask counts where there is none", "d/", () => { Umask(Oct(27)); Ok(TryOpen("d/f", O_WRONLY | O_CREAT, Oct(666))); }, () => Mode(640, "d/f")),
        Does("a new directory takes both lists", $"d/ d??{ForDirectory}", () => Ok(Mkdir("d/e", Oct(777))), () => { Same(ForDirectory, Acl("d/e"), "list"); Same(ForDirectory, DefaultAcl("d/e"), "default list"); Mode(770, "d/e"); }),
        Does("... and so do those in it", $"d/ d??{ForDirectory}", () => { Ok(Mkdir("d/e")); Ok(Mkdir("d/e/f", Oct(700))); }, () => { Same(ForDirectory, DefaultAcl("d/e/f"), "default list"); Mode(700, "d/e/f"); }),
        Does("a new fifo takes the default list", $"d/ d??{ForDirectory}", () => Ok(Mknod("d/p", S_IFIFO | Oct(660))), () => { Same("u::rw-,u:1000:rwx,g::r-x,m::rw-,o::---", Acl("d/p"), "list"); Mode(660, "d/p"); }),
        Does("a new symlink takes none", $"d/ d??{ForDirectory}", () => Ok(Symlink("x", "d/l")), () => { Mode(777, "d/l"); Same("", Listxattr("d/l"), "names"); }),
        Does("O_TMPFILE takes the default list", $"d/ d??{ForDirectory}", () => Ok(LinkOpen(Open("d", O_TMPFILE | O_WRONLY, Oct(660)), "d/f")), () => Same("u::rw-,u:1000:rwx,g::r-x,m::rw-,o::---", Acl("d/f"), "list")),
        Does("a moved file takes none", $"d/ d??{ForDirectory} f@0644", () => Ok(Rename("f", "d/f")), () => { Same("", Acl("d/f"), "list"); Mode(644, "d/f"); }),
        Does("a short default list becomes the mode", "d/ d??u::rwx,g::r-x,o::---", () => Ok(TryOpen("d/f", O_WRONLY | O_CREAT, Oct(666))), () => { Mode(640, "d/f"); Same("", Acl("d/f"), "list"); }),

        Does("a named user gets in", "f=text@0600 f?u::rw-,u:1000:r--,g::---,m::r--,o::---", () => { Ok(User.Someone(() => TryOpen("f", O_RDONLY))); Is(EACCES, User.Someone(() => TryOpen("f", O_WRONLY))); }),
        Does("another stays out", "f=text@0600 f?u::rw-,u:1000:r--,g::---,m::r--,o::---", () => Is(EACCES, User.Stranger(() => TryOpen("f", O_RDONLY)))),
        Does("the mask cuts a named user", "f=text@0600 f?u::rw-,u:1000:rw-,g::---,m::r--,o::---", () => { Ok(User.Someone(() => TryOpen("f", O_RDONLY))); Is(EACCES, User.Someone(() => TryOpen("f", O_RDWR))); }),
        Does("a named group gets in", "f=text@0600 f?u::rw-,g::---,g:2000:rw-,m::rw-,o::---", () => { Ok(User.Member(() => TryOpen("f", O_RDWR))); Is(EACCES, User.Someone(() => TryOpen("f", O_RDONLY))); }),
        Does("a named user without rights stays out where others get in", "f=text@0644 f?u::rw-,u:1000:---,g::r--,m::r--,o::r--", () => { Is(EACCES, User.Someone(() => TryOpen("f", O_RDONLY))); Ok(User.Stranger(() => TryOpen("f", O_RDONLY))); }),
        Does("a named user may write into a directory", "d/@0700 d?u::rwx,u:1000:rwx,g::---,m::rwx,o::---", () => { Ok(User.Someone(() => TryOpen("d/f", O_WRONLY | O_CREAT))); Is(EACCES, User.Stranger(() => Mkdir("d/e"))); }, () => Ls("f", "d")),
        Does("a list set now is enforced now", "f=text@0600", () => { Is(EACCES, User.Someone(() => TryOpen("f", O_RDONLY))); Ok(SetAcl("f", Named)); Ok(User.Someone(() => TryOpen("f", O_RDONLY))); Ok(Chmod("f", Oct(600))); Is(EACCES, User.Someone(() => TryOpen("f", O_RDONLY))); }),
        Does("a list is enforced on a file that was copied", $"f=text f?{Named}", () => { Is(1, User.Someone(() => Open("f", O_WRONLY).Write("x"))); Is(EACCES, User.Stranger(() => TryOpen("f", O_RDONLY))); }, () => Reads("xext", "f")),
        Does("access(2) asks the list", "f=text@0600 f?u::rw-,u:1000:r--,g::---,m::r--,o::---", () => { Ok(User.Someone(() => Access("f", R_OK))); Is(EACCES, User.Someone(() => Access("f", W_OK))); Is(EACCES, User.Stranger(() => Access("f", R_OK))); }),
    ];

    private static string Large() => "u::rw-," + string.Concat(Enumerable.Range(2000, 100).Select(user => $"u:{user}:r--,")) + "g::r--,m::r--,o::---";
}
