using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Fsck;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.Volume;
using Ext2Union.HostDirectory;
using Ext2Union.Tmpfs;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mount;

/// <summary>Opens one layer: an image, a device, a directory of the host, memory. What is opened is locked for as long as it is open.</summary>
internal sealed class LayerOpening(MountRequest request, EventLog log, List<string> notes)
{
    /// <summary>The SPEC of a layer in memory.</summary>
    public const string MemorySpec = "tmpfs";

    private const string Inside = "//";

    private readonly MountOptions options = request.Options;

    /// <summary>The block device that the top is on, when it was opened for writing.</summary>
    public FileBlockDevice? TopDevice { get; private set; }

    /// <summary>Opens what is written to, unless the mount is read-only. A volume notes <paramref name="target"/> as the place of its last mount.</summary>
    public FileSystem? OpenTop(string spec, string target, out Refusal? refusal)
    {
        refusal = null;
        if (spec == MemorySpec)
        {
            if (request.Verbose && options.Union)
            {
                notes.Add("the top is in memory: all changes are lost when it is unmounted");
            }

            return new TmpfsFileSystem(OptionsOfMemory());
        }

        if (Directory.Exists(spec))
        {
            refusal = Refusal.Failure($"{spec} is a directory, which can only be a lower; name an image or tmpfs and add union,lower={spec}");
            return null;
        }

        DeviceAccess access = options.ReadOnly ? DeviceAccess.ReadOnly : DeviceAccess.ReadWrite;
        DeviceSharing sharing = options.ReadOnly ? DeviceSharing.Shared : DeviceSharing.ForMount;
        (string image, string inside) = Split(spec);
        FileBlockDevice? file = OpenDevice(image, access, sharing, out refusal);
        TopDevice = file is { IsDeviceNode: true, IsReadOnly: false } ? file : null;
        BlockDevice? device = file is null ? null : VolumePlace.Take(file, options, out refusal);
        if (device is null || (refusal = options.ReadOnly ? null : RefuseName(image) ?? Repair(device, image)) is not null)
        {
            device?.Dispose();
            return null;
        }

        bool isVolatile = options.Volatile && !options.ReadOnly;
        FileSystem? top = Mount(isVolatile ? new VolatileBlockDevice(device) : device, image, inside, request.Fake ? string.Empty : target, out refusal);
        if (isVolatile && top is not null)
        {
            notes.Add($"{image} is mounted volatile: a crash of the machine may lose all of it");
        }

        return top;
    }

    /// <summary>Opens what is never written to.</summary>
    public FileSystem? OpenLower(string spec, out Refusal? refusal)
    {
        refusal = null;
        if (Directory.Exists(spec))
        {
            // With the slash at its end a symbolic link to a directory means the directory.
            if (HostFileSystem.Open(Path.GetFullPath(spec) + "/").TryGet(out HostFileSystem host, out Errno error))
            {
                return host;
            }

            refusal = Refusal.Failure($"lower {spec} cannot be opened ({error}); check its permissions");
            return null;
        }

        (string image, string inside) = Split(spec);
        BlockDevice? device = OpenLowerDevice(image, out refusal);
        return device is null ? null : Mount(device, image, inside, null, out refusal);
    }

    /// <summary>Ends a layer that no mount came of; what ending it answers adds nothing to the refusal that is on its way.</summary>
    public static void Close(FileSystem layer)
    {
        _ = layer.Unmount();
        layer.Dispose();
    }

    // A lower has no mount point of its own.
    private FileSystem? Mount(BlockDevice device, string image, string inside, string? target, out Refusal? refusal)
    {
        bool asLower = target is null;
        Ext2MountOptions how = new()
        {
            IsReadOnly = asLower || options.ReadOnly,
            IsLower = asLower,
            Log = log,
            MountPoint = target ?? string.Empty,
            Errors = options.ReadOnlyOnErrors switch
            {
                null => ErrorsPolicy.FromSuperblock,
                true => ErrorsPolicy.RemountReadOnly,
                false => ErrorsPolicy.Continue,
            },
        };
        if (!Ext2Volume.TryMount(device, how, out Ext2Volume? volume, out string? sentence))
        {
            device.Dispose();
            refusal = Refusal.Failure($"{image} cannot be mounted. {sentence}");
            return null;
        }

        refusal = null;
        if (options.ReadOnly && !asLower && !volume.WasClean)
        {
            notes.Add($"{image} was not unmounted cleanly and is shown as it is; check it with: fsck.ext2u {image}");
        }

        if (inside.Length == 0)
        {
            return volume;
        }

        if (SubtreeFileSystem.TryOpen(volume, inside, out SubtreeFileSystem? subtree))
        {
            return subtree;
        }

        Close(volume);
        refusal = Refusal.Failure($"{image} holds no directory {inside}; look what it holds with: mount.ext2u -r {image} DIR");
        return null;
    }

    // A volume that was not unmounted may have lost the last seconds before a crash; it is made sound before anything builds on it.
    private Refusal? Repair(BlockDevice device, string image)
    {
        Superblock superblock = default;
        if (device.Length < 2 * Superblock.Bytes || device.Read(Superblock.Bytes, Overlay.BytesOf(ref superblock)) != Errno.None
            || superblock.Magic != Superblock.MagicNumber)
        {
            return Refusal.Failure($"{image} holds no ext2 volume; make one with: mkfs.ext2u {image}");
        }

        bool takesMarks = superblock.Revision != 0 && ((IncompatFeatures)(uint)superblock.Incompat & IncompatFeatures.FileType) != 0;
        if (options.Union && !takesMarks)
        {
            string lacks = superblock.Revision == 0 ? "is of revision 0" : "lacks the feature filetype";
            return Refusal.Failure($"{image} {lacks} and cannot keep the marks of a union; make a top with: mkfs.ext2u IMAGE SIZE");
        }

        var state = (SuperblockState)(ushort)superblock.State;
        if ((state & (SuperblockState.Clean | SuperblockState.Errors)) == SuperblockState.Clean)
        {
            return null;
        }

        CheckResult result = Checker.Preen(device, image, out string line);
        if ((result.Exit & ~ExitCode.Corrected) != ExitCode.Clean)
        {
            return Refusal.Failure(line);
        }

        notes.Add(result.Corrected == 0 ? $"{image} was not unmounted cleanly; it was checked and is sound" : line);
        return null;
    }

    // The source of a mounted device is the device: by it the kernel claims it, and umount and lsblk find it.
    private Refusal? RefuseName(string image) => TopDevice is null || options.SourceName is null ? null
        : Refusal.Usage($"option fsname={options.SourceName} cannot rename {image}, a block device that the kernel has to know by its own name; leave it out");

    private static FileBlockDevice? OpenLowerDevice(string path, out Refusal? refusal)
    {
        FileBlockDevice? device = OpenDevice(path, DeviceAccess.ReadOnly, DeviceSharing.Shared, out refusal);
        if (device is null && !File.Exists(path))
        {
            refusal = Refusal.Failure($"lower {path} does not exist; name an image, a device or a directory (a colon in a name is written \\:)");
        }

        return device;
    }

    private static FileBlockDevice? OpenDevice(string path, DeviceAccess access, DeviceSharing sharing, out Refusal? refusal)
    {
        string full = Path.GetFullPath(path);
        if (FileBlockDevice.TryOpen(full, access, sharing, out FileBlockDevice? device, out OpenRefusal? reason))
        {
            refusal = null;
            return device;
        }

        refusal = Refusal.Failure(reason.Error switch
        {
            Errno.ENOENT => $"{path} does not exist; make it with: mkfs.ext2u {path} SIZE",
            Errno.EACCES or Errno.EPERM => $"{path} cannot be opened for {(access == DeviceAccess.ReadOnly ? "reading" : "writing")}; "
                + (access == DeviceAccess.ReadOnly ? "check its permissions" : "check its permissions or add the option ro"),
            Errno.EROFS => $"{path} cannot be written to; add the option ro",
            _ => reason.Message,
        });
        return null;
    }

    private TmpfsOptions OptionsOfMemory() => new()
    {
        SizeBytes = options.SizeBytes ?? 0,
        InodeCount = options.InodeLimit ?? 0,
        Mode = options.RootMode ?? 0x3FF,
        UserId = options.UserId ?? Linux.Processes.Identity.EffectiveUserId,
        GroupId = options.GroupId ?? Linux.Processes.Identity.GroupId,
    };

    // IMAGE//SUBDIR: a directory inside an image.
    private static (string Image, string Inside) Split(string spec)
    {
        int at = spec.IndexOf(Inside, 1, StringComparison.Ordinal);
        return at < 0 || File.Exists(spec) ? (spec, string.Empty) : (spec[..at], spec[(at + Inside.Length)..].Trim('/'));
    }
}
