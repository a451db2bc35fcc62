using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Volume;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>Mounts a volume that was just made, fills it with a tree, and unmounts it.</summary>
public static class VolumePopulation
{
    /// <summary>Copies the tree. The device is closed in any case. Null when done.</summary>
    public static FormatFault? Run(BlockDevice device, FileSystem source, PopulateOptions options, Action<FormatProgress>? progress = null)
    {
        var mount = new Ext2MountOptions
        {
            Clock = options.LatestTime is long time ? Clock.Fixed(new Timestamp(time, 0)) : Clock.System,
            FirstGeneration = options.LatestTime is null ? null : 0,
        };
        if (!Ext2Volume.TryMount(device, mount, out Ext2Volume? volume, out string? refusal))
        {
            device.Dispose();
            return new FormatFault(Errno.EIO, $"{device.Name}: the new volume can't be mounted: {refusal}");
        }

        using (volume)
        {
            FormatFault? fault = Populator.Copy(source, volume, options, progress);
            Errno error = volume.Unmount();
            return fault ?? (error == Errno.None ? null : new FormatFault(error, $"{device.Name}: writing the tree failed"));
        }
    }
}
