using System.Diagnostics.CodeAnalysis;
using Ext2Union.BlockDevices;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <content>Mounting.</content>
public sealed partial class Ext2Volume
{
    /// <summary>
    /// Mounts a volume. From then on the device belongs to it and is closed with it; when mounting is refused the device is left open.
    /// </summary>
    /// <param name="device">Where the volume lies.</param>
    /// <param name="options">How to mount it.</param>
    /// <param name="volume">The volume.</param>
    /// <param name="refusal">Why not: one sentence that names the field or feature and, where something can be done, what.</param>
    public static bool TryMount(
        BlockDevice device, Ext2MountOptions options, [NotNullWhen(true)] out Ext2Volume? volume, [NotNullWhen(false)] out string? refusal)
    {
        volume = null;
        bool isReadOnly = options.IsReadOnly || options.IsLower || device.IsReadOnly;
        if (!TryReadSuperblock(device, out Superblock superblock, out refusal))
        {
            return false;
        }

        refusal = MountChecks.Refusal(superblock, !isReadOnly, options.IsLower);
        if (refusal is not null)
        {
            return false;
        }

        if (!Geometry.TryCreate(superblock, out Geometry geometry, out refusal))
        {
            refusal += " Run fsck.ext2u on it; it knows where copies of the superblock lie.";
            return false;
        }

        if (geometry.VolumeBytes > device.Length)
        {
            refusal = $"It is cut short: the volume has {geometry.VolumeBytes} bytes (s_blocks_count = {geometry.BlockCount}), the device {device.Length}. "
                + $"Take a whole copy, or make it as long with truncate -s {geometry.VolumeBytes} and run fsck.ext2u -f on it.";
            return false;
        }

        var gate = new RankedLock(options.IsLower ? LockRank.LayerLower : LockRank.LayerTop);
        var cache = new BlockCache(device, geometry.BlockBytes, options.CacheBytes, gate);
        using (gate.Enter())
        {
            bool isFlexible = superblock.Revision != 0 && ((IncompatFeatures)(uint)superblock.Incompat & IncompatFeatures.FlexibleGroups) != 0;
            if (!GroupTable.TryRead(cache, geometry, isFlexible, out GroupTable groups, out refusal))
            {
                cache.Dispose();
                return false;
            }

            var mounted = new Ext2Volume(device, options, new MountedParts(gate, geometry, cache, groups, superblock, isReadOnly));
            refusal = mounted.Start();
            if (refusal is not null)
            {
                cache.Dispose();
                return false;
            }

            volume = mounted;
        }

        return true;
    }

    private static bool TryReadSuperblock(BlockDevice device, out Superblock superblock, [NotNullWhen(false)] out string? refusal)
    {
        superblock = default;
        refusal = null;
        if (device.Length < Superblock.Bytes * 2)
        {
            refusal = $"It is too small to hold a superblock: {device.Length} bytes.";
            return false;
        }

        Errno error = device.Read(Superblock.Bytes, Overlay.BytesOf(ref superblock));
        if (error != Errno.None)
        {
            refusal = $"Its superblock cannot be read ({error}).";
            return false;
        }

        if (superblock.Magic != Superblock.MagicNumber)
        {
            refusal = "It holds no ext2 volume: the magic number of the superblock is not there.";
            return false;
        }

        return true;
    }

    // The root, then what a mount for writing leaves on the volume before anything else may change.
    private string? Start()
    {
        Result<Inode> found = GetInode(InodeNumber.Root);
        if (!found.TryGet(out Inode inode, out Errno error))
        {
            return $"Its root directory cannot be used ({error}): run fsck.ext2u on it.";
        }

        if (inode is not DirectoryInode directory)
        {
            return "Its root inode (2) is not a directory: run fsck.ext2u on it.";
        }

        root = directory;
        hasCopies = FindCopies();
        index = new Ext2CopyIndex(this);
        if (HasCopies)
        {
            error = OpenIndex();
            if (error != Errno.None)
            {
                return $"Its root directory cannot be read ({error}).";
            }
        }

        if (isReadOnly)
        {
            return null;
        }

        error = MarkMounted();
        if (error == Errno.None)
        {
            error = FreeOrphans();
        }

        return error == Errno.None ? null : $"It cannot be written to ({error}).";
    }
}
