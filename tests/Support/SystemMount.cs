using System.Runtime.InteropServices;
using Ext2Union.Vfs;

namespace Ext2Union.Tests.Support;

/// <summary>mount(2) and umount2(2) themselves, for tests that mount thousands of times.</summary>
public static partial class SystemMount
{
    private const int MostAttempts = 40;

    /// <summary>Mounts, or fails with the errno.</summary>
    public static void Mount(string source, string target, string type, string options)
    {
        if (mount(source, target, type, 0, options) != 0)
        {
            throw new InvalidOperationException($"mount -t {type} -o {options} {source} {target}: {(Errno)Marshal.GetLastPInvokeError()}");
        }
    }

    /// <summary>
    /// Unmounts, or fails with the errno. A command that another test starts holds our open directories until its exec: what is busy is
    /// tried again for a moment.
    /// </summary>
    public static void Unmount(string target)
    {
        for (int attempt = 0; umount2(target, 0) != 0; attempt++)
        {
            var error = (Errno)Marshal.GetLastPInvokeError();
            if (error != Errno.EBUSY || attempt == MostAttempts)
            {
                throw new InvalidOperationException($"umount {target}: {error}");
            }

            Thread.Sleep(50);
        }
    }

    /// <summary>umask(2) of this process; answers the former one.</summary>
    public static uint SetUmask(uint mask) => umask(mask);

#pragma warning disable IDE1006
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string type, ulong flags, string data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);

    [LibraryImport("libc")]
    private static partial uint umask(uint mask);
#pragma warning restore IDE1006
}
