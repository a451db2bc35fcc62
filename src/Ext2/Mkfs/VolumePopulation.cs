using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Mkfs.Archives;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.Volume;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>Mounts a volume that was just made, fills it with a tree, and unmounts it.</summary>
public static class VolumePopulation
{
    /// <summary>Copies a tree from another file system. Null when done. Requires: the device is the one that <see cref="Formatter"/> hands out.</summary>
    public static FormatFault? Run(BlockDevice device, FileSystem source, PopulateOptions options, Action<FormatProgress>? progress = null) =>
        Run(device, options, volume => Populator.Copy(source, volume, options, progress));

    /// <summary>Copies what a tar holds, in its order. Null when done. Requires: as above.</summary>
    public static FormatFault? Run(BlockDevice device, TarReader source, PopulateOptions options, Action<FormatProgress>? progress = null) =>
        Run(device, options, volume => TarPopulator.Copy(source, volume, options, progress));

    private static FormatFault? Run(BlockDevice device, PopulateOptions options, Func<FileSystem, FormatFault?> fill)
    {
        var mount = new Ext2MountOptions
        {
            Clock = options.LatestTime is long time ? Clock.Fixed(new Timestamp(time, 0)) : Clock.System,
            FirstGeneration = options.LatestTime is null ? null : 0,
        };
        if (!Ext2Volume.TryMount(device, mount, out Ext2Volume? volume, out string? refusal))
        {
            return new FormatFault(Errno.EIO, $"{device.Name}: the new volume can't be mounted: {refusal}");
        }

        using (volume)
        {
            FormatFault? fault = fill(volume);
            Errno error = volume.Unmount();
            error = error == Errno.None && fault is null ? ForgetMount(device) : error;
            return fault ?? (error == Errno.None ? null : new FormatFault(error, $"{device.Name}: writing the tree failed"));
        }
    }

    // To its user the volume is new: the mount that filled it was ours. Requires: unmounted, so that nobody else writes the superblock.
    private static Errno ForgetMount(BlockDevice device)
    {
        byte[] bytes = new byte[Superblock.Bytes];
        Errno error = device.Read(Superblock.Bytes, bytes);
        if (error != Errno.None)
        {
            return error;
        }

        ref Superblock superblock = ref Overlay.Superblock(bytes);
        superblock.MountCount = 0;
        superblock.MountTime = 0;
        superblock.MountTimeHigh = 0;
        error = device.Write(Superblock.Bytes, bytes);
        return error == Errno.None ? device.Flush() : error;
    }
}
