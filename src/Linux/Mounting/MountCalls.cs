using System.Runtime.InteropServices;
using Ext2Union.Vfs;

namespace Ext2Union.Linux.Mounting;

/// <summary>mount(2) and umount2(2).</summary>
public static partial class MountCalls
{
    private const int Detach = 2;
    private const int NoFollow = 8;

    /// <summary>mount(2). Errors: as the kernel answers; ENODEV when the type is not known.</summary>
    public static Errno Mount(string source, string target, string type, MountFlags flags, string data) =>
        MountFileSystem(source, target, type, (nuint)flags, data) < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;

    /// <summary>umount2(2); <paramref name="lazily"/>: MNT_DETACH, at once for who looks, later for who still uses it. Errors: as the kernel answers.</summary>
    public static Errno Unmount(string target, bool lazily) =>
        UnmountFileSystem(target, NoFollow | (lazily ? Detach : 0)) < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MountFileSystem(string source, string target, string type, nuint flags, string data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnmountFileSystem(string target, int flags);
}
