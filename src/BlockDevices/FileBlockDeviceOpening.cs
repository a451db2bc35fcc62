using System.Diagnostics.CodeAnalysis;
using System.Text;
using Ext2Union.Linux.Files;
using Ext2Union.Linux.Locks;
using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices;

/// <summary>One attempt to open an image: look at what the path names, open that very object, lock it, and make sure that the kernel has not mounted it.</summary>
internal sealed class FileBlockDeviceOpening(string path, DeviceAccess access, DeviceSharing sharing)
{
    private OpenRefusal? reason;

    private bool IsAlone => sharing is DeviceSharing.Exclusive or DeviceSharing.ForMount;

    public bool TryOpen([NotNullWhen(true)] out FileBlockDevice? device, [NotNullWhen(false)] out OpenRefusal? refusal)
    {
        device = Open();
        refusal = device is null ? reason ?? OpenRefusal.Of(path, Errno.EIO) : null;
        return device is not null;
    }

    private FileBlockDevice? Open()
    {
        if (!FileDescriptor.Open(path, OpenFlags.PathOnly).TryGet(out FileDescriptor named, out Errno error))
        {
            return Refuse(OpenRefusal.Of(path, error));
        }

        using (named)
        {
            error = named.GetStatus(out FileStatus status);
            if (error != Errno.None)
            {
                return Refuse(OpenRefusal.Of(path, error));
            }

            if (status.Kind is not (InodeKind.File or InodeKind.BlockDevice))
            {
                return Refuse(new OpenRefusal(
                    status.Kind == InodeKind.Directory ? Errno.EISDIR : Errno.ENOTBLK,
                    $"{path} is {Describe(status.Kind)}; an image file or a block device is needed"));
            }

            // Through the descriptor's own link it is the object that was looked at, whatever the path names by now.
            bool claim = sharing == DeviceSharing.Exclusive && status.Kind == InodeKind.BlockDevice;
            if (sharing == DeviceSharing.ForMount && status.Kind == InodeKind.BlockDevice && !IsUnclaimed(named))
            {
                return Refuse(ExplainBusy(named, status));
            }

            OpenFlags flags = (access == DeviceAccess.ReadWrite ? OpenFlags.ReadWrite : OpenFlags.ReadOnly)
                | (claim ? OpenFlags.Exclusive : OpenFlags.ReadOnly);
            return FileDescriptor.Open(named.MagicPath, flags).TryGet(out FileDescriptor file, out error)
                ? Finish(file, status)
                : Refuse(error == Errno.EBUSY ? ExplainBusy(named, status) : OpenRefusal.Of(path, error));
        }
    }

    private FileBlockDevice? Finish(FileDescriptor file, in FileStatus status)
    {
        FileBlockDevice? device = IsFree(file, status) ? Measure(file, status) : null;
        if (device is null)
        {
            file.Dispose();
        }

        return device;
    }

    private static bool IsUnclaimed(FileDescriptor named)
    {
        bool isUnclaimed = FileDescriptor.Open(named.MagicPath, OpenFlags.ReadOnly | OpenFlags.Exclusive).TryGet(out FileDescriptor probe, out Errno error);
        probe?.Dispose();
        return isUnclaimed || error != Errno.EBUSY;
    }

    private bool IsFree(FileDescriptor file, in FileStatus status)
    {
        if (sharing == DeviceSharing.Unlocked)
        {
            return true;
        }

        Errno error = FileLock.Take(file, IsAlone, out LockHolder? holder);
        if (error != Errno.None)
        {
            reason = error == Errno.EAGAIN ? OpenRefusal.HeldBy(path, holder) : OpenRefusal.Of(path, error);
            return false;
        }

        if (KernelMount.Find(status) is KernelMount mount && (IsAlone || !mount.IsReadOnly))
        {
            reason = OpenRefusal.MountedOn(path, mount);
            return false;
        }

        return true;
    }

    private FileBlockDevice? Measure(FileDescriptor file, in FileStatus named)
    {
        // Again, for the length may have changed while the lock was waited for.
        Errno error = file.GetStatus(out FileStatus status);
        if (error == Errno.None && status.Kind == InodeKind.File)
        {
            return new FileBlockDevice(path, file, status, status.Size, 512, access == DeviceAccess.ReadOnly);
        }

        long length = 0;
        int sectorBytes = 0;
        bool isProtected = false;
        error = error != Errno.None ? error : BlockDeviceControl.GetLength(file, out length);
        error = error != Errno.None ? error : BlockDeviceControl.GetSectorBytes(file, out sectorBytes);
        error = error != Errno.None ? error : BlockDeviceControl.GetReadOnly(file, out isProtected);
        return error != Errno.None ? Refuse(OpenRefusal.Of(path, error))
            : isProtected && access == DeviceAccess.ReadWrite ? Refuse(new OpenRefusal(Errno.EROFS, $"{path} is write-protected"))
            : new FileBlockDevice(path, file, named, length, Math.Max(sectorBytes, 512), access == DeviceAccess.ReadOnly);
    }

    private OpenRefusal ExplainBusy(FileDescriptor named, in FileStatus status)
    {
        // One of our own tools tells more than "the kernel has it", so it is asked for first.
        if (FileDescriptor.Open(named.MagicPath, OpenFlags.ReadOnly).TryGet(out FileDescriptor file, out _))
        {
            using (file)
            {
                if (FileLock.Take(file, exclusive: true, out LockHolder? holder) == Errno.EAGAIN)
                {
                    return OpenRefusal.HeldBy(path, holder);
                }
            }
        }

        return KernelMount.Find(status) is KernelMount mount ? OpenRefusal.MountedOn(path, mount)
            : IsSwap() ? new OpenRefusal(Errno.EBUSY, $"{path} is used as swap space; run swapoff {path} first")
            : new OpenRefusal(Errno.EBUSY, $"{path} is claimed by the kernel or another program (mounted, part of RAID, LVM or encrypted?); lsblk shows by what");
    }

    private bool IsSwap() => Encoding.UTF8.GetString(FileDescriptor.ReadAll("/proc/swaps") ?? [])
        .Split('\n').Any(line => line.StartsWith(path + " ", StringComparison.Ordinal));

    private FileBlockDevice? Refuse(OpenRefusal why)
    {
        reason = why;
        return null;
    }

    private static string Describe(InodeKind kind) => kind switch
    {
        InodeKind.Directory => "a directory",
        InodeKind.CharacterDevice => "a character device",
        InodeKind.Fifo => "a named pipe",
        _ => "a socket",
    };
}
