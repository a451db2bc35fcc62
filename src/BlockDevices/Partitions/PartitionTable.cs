using System.Buffers.Binary;
using System.Globalization;
using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices.Partitions;

/// <summary>
/// Finds a partition in the table of a disk or of an image of one: MBR with logical partitions, or GPT, numbered as the kernel numbers them.
/// Nothing that a table says is believed before it was compared with the disk.
/// </summary>
public static class PartitionTable
{
    /// <summary>Bytes of a sector where nothing else is known: that of image files.</summary>
    public const int SectorBytes = 512;

    private const byte ProtectiveType = 0xEE;

    /// <summary>Finds a partition. False: the fault says what is wrong with the table, or that it has no such partition, as the end of a sentence "DISK ...".</summary>
    /// <param name="disk">The whole disk.</param>
    /// <param name="sectorBytes">Its logical sectors; an image of a disk with sectors of 4096 bytes is found out by its GPT.</param>
    /// <param name="number">1 and on; logical partitions of an MBR begin at 5.</param>
    /// <param name="partition">Where it lies.</param>
    /// <param name="fault">What is wrong.</param>
    public static bool TryFind(BlockDevice disk, int sectorBytes, int number, out Partition partition, out string fault)
    {
        partition = default;
        byte[] sector = new byte[SectorBytes];
        if (disk.Length < SectorBytes || disk.Read(0, sector) is not Errno.None)
        {
            fault = "has no first sector that can be read";
            return false;
        }

        if (BinaryPrimitives.ReadUInt16LittleEndian(sector.AsSpan(510)) != 0xAA55)
        {
            fault = "has no partition table (no signature 55 AA at byte 510)";
            return false;
        }

        bool isFound = IsProtective(sector)
            ? GuidTable.TryFind(disk, sectorBytes, number, out partition, out fault)
            : BootRecord.TryFind(disk, sectorBytes, sector, number, out partition, out fault);
        return isFound && Fits(disk, number, ref partition, out fault);
    }

    private static bool IsProtective(ReadOnlySpan<byte> sector)
    {
        bool isProtective = false;
        for (int i = 0; i < 4; i++)
        {
            isProtective |= sector[446 + (16 * i) + 4] == ProtectiveType;
        }

        return isProtective;
    }

    private static bool Fits(BlockDevice disk, int number, ref Partition partition, out string fault)
    {
        fault = string.Empty;
        if (partition.Start < disk.Length && partition.Length <= disk.Length - partition.Start)
        {
            return true;
        }

        fault = string.Create(
            CultureInfo.InvariantCulture, $"ends at byte {disk.Length}, but its table has partition {number} end at {partition.Start + partition.Length}");
        return false;
    }
}
