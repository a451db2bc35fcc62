using Ext2Union.BlockDevices;
using Ext2Union.BlockDevices.Partitions;

namespace Ext2Union.Tools.Mount;

/// <summary>Where the volume lies in its image or device: all of it, a partition (partition=), or a range of bytes (img_offset=, img_size=).</summary>
internal static class VolumePlace
{
    /// <summary>Takes the part that the options name. Null and a refusal: there is no such part, and the image was closed.</summary>
    public static BlockDevice? Take(FileBlockDevice image, MountOptions options, out Refusal? refusal)
    {
        refusal = null;
        if (options.Partition is { } number)
        {
            if (PartitionTable.TryFind(image, image.SectorBytes, number, out Partition partition, out string fault))
            {
                return new RangeBlockDevice(image, partition.Start, partition.Length);
            }

            refusal = Refusal.Failure($"{image.Name} {fault}; see fdisk -l {image.Name}");
            image.Dispose();
            return null;
        }

        if (options.ImageOffset == 0 && options.ImageSize is null)
        {
            return image;
        }

        long rest = image.Length - options.ImageOffset;
        long size = options.ImageSize ?? rest;
        if (rest <= 0 || size > rest)
        {
            refusal = Refusal.Failure($"{image.Name} has {image.Length} bytes; img_offset= or img_size= lies beyond them, see fdisk -l {image.Name}");
            image.Dispose();
            return null;
        }

        return new RangeBlockDevice(image, options.ImageOffset, size);
    }
}
