using System.Globalization;
using System.Text;
using Ext2Union.Linux.Files;
using Ext2Union.Vfs;

namespace Ext2Union.Linux.Locks;

/// <summary>A mount by the kernel of a device, or of a loop device over an image file. The kernel takes no flock, so it is looked for.</summary>
/// <param name="MountPoint">Where it is mounted.</param>
/// <param name="Source">The device that is mounted, as mountinfo tells it.</param>
/// <param name="Type">File system type.</param>
/// <param name="IsReadOnly">The superblock is mounted read-only: the kernel does not write to the image.</param>
/// <param name="IsThroughLoop">A loop device lies between the image and the mount.</param>
public sealed record KernelMount(string MountPoint, string Source, string Type, bool IsReadOnly, bool IsThroughLoop)
{
    /// <summary>Finds a mount of this image file, block device, or of a partition of it; writable ones first. Null when there is none.</summary>
    public static KernelMount? Find(in FileStatus image)
    {
        KernelMount? readOnly = null;
        ReadOnlySpan<byte> table = FileDescriptor.ReadAll("/proc/self/mountinfo") ?? [];
        foreach (Range range in table.Split((byte)'\n'))
        {
            // "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue" (proc_pid_mountinfo(5))
            string[] words = Encoding.UTF8.GetString(table[range]).Split(' ');
            int dash = Array.IndexOf(words, "-");
            if (words.Length < 10 || dash < 6 || dash + 3 >= words.Length || !TryParseDevice(words[2], out DeviceNumber device)
                || !IsOf(image, device, out bool throughLoop))
            {
                continue;
            }

            var mount = new KernelMount(
                Unescape(words[4]), Unescape(words[dash + 2]), words[dash + 1], words[dash + 3].Split(',').Contains("ro"), throughLoop);
            if (!mount.IsReadOnly)
            {
                return mount;
            }

            readOnly ??= mount;
        }

        return readOnly;
    }

    private static bool IsOf(in FileStatus image, DeviceNumber mounted, out bool throughLoop)
    {
        throughLoop = false;
        if (mounted.Major == 0)
        {
            return false;
        }

        if (image.Kind == InodeKind.BlockDevice)
        {
            return image.SpecialDevice == mounted || DiskOf(mounted) == image.SpecialDevice;
        }

        throughLoop = true;
        return IsBackedBy(image, $"/sys/dev/block/{mounted.Major}:{mounted.Minor}/loop/backing_file")
            || (DiskOf(mounted) is DeviceNumber disk && IsBackedBy(image, $"/sys/dev/block/{disk.Major}:{disk.Minor}/loop/backing_file"));
    }

    // A partition's directory in sysfs lies in that of its disk.
    private static DeviceNumber? DiskOf(DeviceNumber partition)
    {
        string directory = $"/sys/dev/block/{partition.Major}:{partition.Minor}";
        return FileDescriptor.ReadAll(directory + "/partition") is not null
            && FileDescriptor.ReadAll(directory + "/../dev") is byte[] text
            && TryParseDevice(Encoding.ASCII.GetString(text).TrimEnd('\n'), out DeviceNumber disk)
            ? disk
            : null;
    }

    private static bool IsBackedBy(in FileStatus image, string attribute)
    {
        if (FileDescriptor.ReadAll(attribute) is not byte[] path
            || !FileDescriptor.Open(Encoding.UTF8.GetString(path).TrimEnd('\n'), OpenFlags.PathOnly).TryGet(out FileDescriptor file, out _))
        {
            return false;
        }

        using (file)
        {
            return file.GetStatus(out FileStatus status) == Errno.None && status.IsSameObject(image);
        }
    }

    private static bool TryParseDevice(string text, out DeviceNumber device)
    {
        device = default;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !uint.TryParse(text.AsSpan(0, colon), CultureInfo.InvariantCulture, out uint major)
            || !uint.TryParse(text.AsSpan(colon + 1), CultureInfo.InvariantCulture, out uint minor))
        {
            return false;
        }

        device = new DeviceNumber(major, minor);
        return true;
    }

    // mountinfo writes space, tab, line break and backslash as three octal digits.
    private static string Unescape(string text) => text
        .Replace("\\040", " ", StringComparison.Ordinal)
        .Replace("\\011", "\t", StringComparison.Ordinal)
        .Replace("\\012", "\n", StringComparison.Ordinal)
        .Replace("\\134", "\\", StringComparison.Ordinal);
}
