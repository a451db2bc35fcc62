using System.Buffers.Binary;
using System.Globalization;
using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices.Partitions;

/// <summary>The table of a master boot record: four primary partitions, and a chain of logical ones inside the extended one.</summary>
internal static class BootRecord
{
    // The kernel follows as many (DISK_MAX_PARTS); a chain that bites its own tail ends here.
    private const int MostPartitions = 256;
    private const int FirstLogical = 5;

    /// <summary>Finds a partition. See <see cref="PartitionTable.TryFind"/>; the place is not yet compared with the end of the disk.</summary>
    public static bool TryFind(BlockDevice disk, int sectorBytes, ReadOnlySpan<byte> sector, int number, out Partition partition, out string fault)
    {
        partition = default;
        fault = string.Empty;
        long extended = 0;
        for (int i = 0; i < 4; i++)
        {
            ReadOnlySpan<byte> entry = sector.Slice(446 + (16 * i), 16);
            if (entry[0] is not (0 or 0x80))
            {
                fault = $"has no partition table (a boot flag of {entry[0]:X2} in its first sector)";
                return false;
            }

            extended = extended == 0 && IsExtended(entry) ? StartOf(entry) : extended;
            if (i + 1 == number && !IsEmpty(entry))
            {
                return IsExtended(entry) ? Refuse(number, "is the extended one, which holds the logical ones from 5 on", out fault)
                    : Take(entry, 0, sectorBytes, out partition);
            }
        }

        return number < FirstLogical || extended == 0 ? Refuse(number, "is not in its partition table (MBR)", out fault)
            : TryFindLogical(disk, sectorBytes, extended, number, out partition, out fault);
    }

    // Each link of the chain is a table of two: a partition, counted from here, and the next link, counted from the begin of the extended one.
    private static bool TryFindLogical(BlockDevice disk, int sectorBytes, long extended, int number, out Partition partition, out string fault)
    {
        partition = default;
        byte[] table = new byte[PartitionTable.SectorBytes];
        long link = extended;
        int found = FirstLogical - 1;
        for (int links = 0; links < MostPartitions; links++)
        {
            if (disk.Read(link * sectorBytes, table) != Errno.None || BinaryPrimitives.ReadUInt16LittleEndian(table.AsSpan(510)) != 0xAA55)
            {
                fault = string.Create(CultureInfo.InvariantCulture, $"has a broken chain of logical partitions (no table at sector {link})");
                return false;
            }

            long next = 0;
            for (int i = 0; i < 4; i++)
            {
                ReadOnlySpan<byte> entry = table.AsSpan(446 + (16 * i), 16);
                if (IsExtended(entry))
                {
                    next = next == 0 ? extended + StartOf(entry) : next;
                }
                else if (!IsEmpty(entry) && ++found == number)
                {
                    fault = string.Empty;
                    return Take(entry, link, sectorBytes, out partition);
                }
            }

            if (next == 0)
            {
                return Refuse(number, "is not in its partition table (MBR)", out fault);
            }

            link = next;
        }

        fault = "has a chain of logical partitions without an end";
        return false;
    }

    private static bool Take(ReadOnlySpan<byte> entry, long origin, int sectorBytes, out Partition partition)
    {
        partition = new Partition((origin + StartOf(entry)) * sectorBytes, CountOf(entry) * sectorBytes);
        return true;
    }

    private static bool Refuse(int number, string why, out string fault)
    {
        fault = string.Create(CultureInfo.InvariantCulture, $"has none such: partition {number} {why}");
        return false;
    }

    private static bool IsExtended(ReadOnlySpan<byte> entry) => entry[4] is 0x05 or 0x0F or 0x85;

    private static bool IsEmpty(ReadOnlySpan<byte> entry) => entry[4] == 0 || CountOf(entry) == 0;

    private static long StartOf(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]);

    private static long CountOf(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]);
}
