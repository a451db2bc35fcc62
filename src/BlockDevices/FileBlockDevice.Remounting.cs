using Ext2Union.Linux.Files;
using Ext2Union.Linux.Locks;
using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices;

/// <content>From reading to writing and back while it is open.</content>
public sealed partial class FileBlockDevice
{
    private bool isReadOnly;
    private bool isOpenForWriting;

    // A read on another thread may still be using it.
    private FileDescriptor? openedBefore;

    /// <summary>
    /// As for every device. What is only read is shared with other readers, so there must be none when writing begins. Errors: EBUSY, EROFS.
    /// </summary>
    public override Errno SetReadOnly(bool readOnly)
    {
        if (readOnly == IsReadOnly)
        {
            return Errno.None;
        }

        if (readOnly)
        {
            Volatile.Write(ref isReadOnly, true);
            return FileLock.Take(file, exclusive: false, out _);
        }

        // The mount itself is the kernel's claim on a device.
        Errno error = !IsDeviceNode && KernelMount.Find(Status) is not null ? Errno.EBUSY
            : isOpenForWriting ? LockAlone(file, file) : OpenForWriting();
        Volatile.Write(ref isReadOnly, error != Errno.None);
        return error;
    }

    private Errno OpenForWriting()
    {
        if (!FileDescriptor.Open(file.MagicPath, OpenFlags.ReadWrite).TryGet(out FileDescriptor opened, out Errno error))
        {
            return error is Errno.EACCES or Errno.EPERM ? Errno.EROFS : error;
        }

        error = Claim();
        error = error == Errno.None ? LockAlone(file, opened) : error;
        if (error != Errno.None)
        {
            opened.Dispose();
            return error;
        }

        openedBefore = file;
        Volatile.Write(ref file, opened);
        isOpenForWriting = true;
        return Errno.None;
    }

    // A lock changes its kind by being given back first, so what was held is taken again when the other kind cannot be had.
    private static Errno LockAlone(FileDescriptor held, FileDescriptor wanted)
    {
        _ = FileLock.Release(held);
        Errno error = FileLock.Take(wanted, exclusive: true, out _);
        if (error != Errno.None)
        {
            _ = FileLock.Take(held, exclusive: false, out _);
        }

        return error == Errno.EAGAIN ? Errno.EBUSY : error;
    }
}
