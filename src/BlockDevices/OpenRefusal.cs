using System.Runtime.InteropServices;
using Ext2Union.Linux.Locks;
using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices;

/// <summary>Why an image was not opened.</summary>
/// <param name="Error">EBUSY when somebody uses it, else what the system answered.</param>
/// <param name="Message">One sentence for the user: the image, what is wrong, what to do. Without the name of the tool.</param>
public sealed record OpenRefusal(Errno Error, string Message)
{
    /// <summary>The process that holds the lock, where one does and could be found.</summary>
    public LockHolder? Holder { get; init; }

    /// <summary>The kernel's mount of it, where that is the reason.</summary>
    public KernelMount? Mount { get; init; }

    internal static OpenRefusal Of(string path, Errno error) => new(error, $"{path}: {Marshal.GetPInvokeErrorMessage((int)error)}{AdviceFor(error)}");

    private static string AdviceFor(Errno error) => error switch
    {
        Errno.ENOENT or Errno.ENOTDIR => "; check the path",
        Errno.EACCES or Errno.EPERM => "; run this as root or as the owner, or check its permissions",
        Errno.EROFS => "; what it lies on is mounted read-only",
        _ => string.Empty,
    };

    internal static OpenRefusal HeldBy(string path, LockHolder? holder)
    {
        string message = holder is null
            ? $"{path} is in use by another process; end it first"
            : holder.ProcessId == Environment.ProcessId
            ? $"{path} is already open here; a volume cannot be written and be another layer at once"
            : holder.IsExclusive
            ? $"{path} is in use by {holder}, which may write to it; end it or unmount first"
            : $"{path} is being read by {holder}, so it must not change; end it or unmount first";
        return new OpenRefusal(Errno.EBUSY, message) { Holder = holder };
    }

    internal static OpenRefusal MountedOn(string path, KernelMount mount)
    {
        string through = mount.IsThroughLoop || mount.Source != path ? $" through {mount.Source}" : string.Empty;
        return new OpenRefusal(
            Errno.EBUSY, $"{path} is mounted by the kernel on {mount.MountPoint}{through}; run umount {mount.MountPoint} first")
        {
            Mount = mount,
        };
    }
}
