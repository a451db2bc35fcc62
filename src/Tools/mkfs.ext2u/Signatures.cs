using System.Text;
using Ext2Union.BlockDevices;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mkfs;

/// <summary>What a device holds already, told by the magic numbers a person would miss.</summary>
internal static class Signatures
{
    private static readonly (int Offset, byte[] Magic, string What)[] Known =
    [
        (0, "XFSB"u8.ToArray(), "an XFS file system"),
        (0x10040, "_BHRfS_M"u8.ToArray(), "a btrfs file system"),
        (1024, [0x10, 0x20, 0xF5, 0xF2], "an F2FS file system"),
        (1024, [0xE2, 0xE1, 0xF5, 0xE0], "an EROFS file system"),
        (0, "hsqs"u8.ToArray(), "a squashfs file system"),
        (0x8001, "CD001"u8.ToArray(), "an ISO 9660 file system"),
        (3, "NTFS    "u8.ToArray(), "an NTFS file system"),
        (3, "EXFAT   "u8.ToArray(), "an exFAT file system"),
        (54, "FAT"u8.ToArray(), "a FAT file system"),
        (82, "FAT32"u8.ToArray(), "a FAT file system"),
        (4086, "SWAPSPACE2"u8.ToArray(), "swap space"),
        (4086, "SWAP-SPACE"u8.ToArray(), "swap space"),
        (0, [(byte)'L', (byte)'U', (byte)'K', (byte)'S', 0xBA, 0xBE], "an encrypted volume (LUKS)"),
        (512 + 24, "LVM2"u8.ToArray(), "a physical volume of LVM"),
        (4096, [0xFC, 0x4E, 0x2B, 0xA9], "a member of a RAID"),
        (512, "EFI PART"u8.ToArray(), "a partition table (GPT)"),
        (0x200 - 2, [0x55, 0xAA], "a boot sector or partition table"),
    ];

    /// <summary>A few words for what is there, or null.</summary>
    public static string? Find(BlockDevice device, long start)
    {
        byte[] head = new byte[(int)Math.Clamp(device.Length - start, 0, 0x11000)];
        if (device.Read(start, head) != Errno.None)
        {
            return null;
        }

        if (head.Length >= 2 * Superblock.Bytes)
        {
            ref readonly Superblock superblock = ref Overlay.ReadSuperblock(head.AsSpan(Superblock.Bytes));
            if (superblock.Magic == Superblock.MagicNumber)
            {
                ReadOnlySpan<byte> label = superblock.VolumeName;
                string name = Encoding.UTF8.GetString(label).TrimEnd('\0');
                return FamilyOf(superblock) + (name.Length > 0 ? $" labelled '{name}'" : "");
            }
        }

        foreach ((int offset, byte[] magic, string what) in Known)
        {
            if (offset + magic.Length <= head.Length && head.AsSpan(offset, magic.Length).SequenceEqual(magic))
            {
                return what;
            }
        }

        return null;
    }

    private static string FamilyOf(in Superblock superblock) =>
        ((IncompatFeatures)(uint)superblock.Incompat & (IncompatFeatures.Extents | IncompatFeatures.Bits64 | IncompatFeatures.FlexibleGroups)) != 0
            ? "an ext4 file system"
            : ((CompatFeatures)(uint)superblock.Compat & CompatFeatures.HasJournal) != 0 ? "an ext3 file system" : "an ext2 file system";
}
