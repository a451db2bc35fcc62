using Ext2Union.Linux.Files;
using Ext2Union.Vfs;

namespace Ext2Union.Linux.Locks;

/// <summary>
/// The lock by which the tools exclude each other on an image: flock(2) on the image's own descriptor, so that it goes with the
/// descriptor and can't be left behind. A writer takes it exclusively, readers share it.
/// </summary>
public static class FileLock
{
    /// <summary>The comm of a mount daemon that still writes after its unmount; it ends by itself, so it is waited for.</summary>
    public const string DrainingCommand = "ext2u-drain";

    private const int Shared = 1;
    private const int Exclusive = 2;
    private const int DoNotWait = 4;
    private const Errno NoLocksAvailable = (Errno)37;
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Takes the lock until <paramref name="file"/> is closed. Errors: EAGAIN when another holds it; <paramref name="holder"/> tells who, if that can be
    /// found out. A host file system without flock(2) gives none, and that is not an error: the image would be of no use there.
    /// </summary>
    public static Errno Take(FileDescriptor file, bool exclusive, out LockHolder? holder)
    {
        long start = Environment.TickCount64;
        while (true)
        {
            Errno error = file.Flock((exclusive ? Exclusive : Shared) | DoNotWait);
            holder = null;
            if (error is Errno.EOPNOTSUPP or Errno.ENOSYS or Errno.EINVAL or NoLocksAvailable)
            {
                return Errno.None;
            }

            if (error != Errno.EAGAIN)
            {
                return error;
            }

            holder = file.GetStatus(out FileStatus status) == Errno.None ? LockHolder.Find(status) : null;
            if (Environment.TickCount64 - start >= PatienceWith(holder).TotalMilliseconds)
            {
                return Errno.EAGAIN;
            }

            Thread.Sleep(Pause);
        }
    }

    /// <summary>Gives the lock back before the descriptor is closed.</summary>
    public static Errno Release(FileDescriptor file) => file.Flock(8);

    // udev locks a device for the moment in which it looks at it, and that moment comes whenever a writer has closed it. A holder that is
    // gone when it is looked for gave the lock back in between: worth one more try.
    private static TimeSpan PatienceWith(LockHolder? holder) => holder?.Command switch
    {
        DrainingCommand => DrainPatience,
        null or "(udev-worker)" or "systemd-udevd" or "udevd" => ProbePatience,
        _ => TimeSpan.Zero,
    };
}
