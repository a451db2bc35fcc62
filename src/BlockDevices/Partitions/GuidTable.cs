using System.Buffers.Binary;
using System.Globalization;
using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices.Partitions;

/// <summary>
/// A GUID partition table (UEFI specification, section 5.3): header and entries, each with a CRC, at the begin of the disk and once more at its end.
/// The second one is used where the first is damaged.
/// </summary>
internal static class GuidTable
{
    private const ulong Signature = 0x5452415020494645;
    private const int HeaderBytes = 92;
    private const int LargeSectorBytes = 4096;

    // Linux reads no more either; the specification wants room for 128 entries of 128 bytes.
    private const int MostEntryBytes = 4096;
    private const int MostTableBytes = 1 << 20;

    /// <summary>Finds a partition. See <see cref="PartitionTable.TryFind"/>; the place is not yet compared with the end of the disk.</summary>
    public static bool TryFind(BlockDevice disk, int sectorBytes, int number, out Partition partition, out string fault)
    {
        partition = default;
        byte[]? entries = ReadEntries(disk, sectorBytes, sectorBytes, out int entryBytes, out string first);
        if (entries is null && sectorBytes < LargeSectorBytes && HasSignature(disk, LargeSectorBytes))
        {
            sectorBytes = LargeSectorBytes;
            entries = ReadEntries(disk, sectorBytes, sectorBytes, out entryBytes, out first);
        }

        entries ??= ReadEntries(disk, sectorBytes, (disk.Length / sectorBytes * sectorBytes) - sectorBytes, out entryBytes, out _);
        if (entries is null)
        {
            fault = $"has a damaged GPT ({first}, and the backup at its end is no better)";
            return false;
        }

        long at = (long)(number - 1) * entryBytes;
        if (at < 0 || at + entryBytes > entries.Length || entries.AsSpan((int)at, 16).IndexOfAnyExcept((byte)0) < 0)
        {
            fault = string.Create(CultureInfo.InvariantCulture, $"has none such: partition {number} is not in its partition table (GPT)");
            return false;
        }

        ReadOnlySpan<byte> entry = entries.AsSpan((int)at, entryBytes);
        ulong start = BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]);
        ulong end = BinaryPrimitives.ReadUInt64LittleEndian(entry[40..]);
        ulong most = (ulong)(long.MaxValue / sectorBytes) - 1;
        if (start == 0 || end < start || end > most)
        {
            fault = string.Create(CultureInfo.InvariantCulture, $"has a GPT that puts partition {number} at sectors {start} to {end}");
            return false;
        }

        fault = string.Empty;
        partition = new Partition((long)start * sectorBytes, (long)(end - start + 1) * sectorBytes);
        return true;
    }

    private static bool HasSignature(BlockDevice disk, long place)
    {
        byte[] header = new byte[8];
        return disk.Length >= place + HeaderBytes && disk.Read(place, header) == Errno.None
            && BinaryPrimitives.ReadUInt64LittleEndian(header) == Signature;
    }

    // The entries of a header that is sound, CRCs included; null and what is wrong.
    private static byte[]? ReadEntries(BlockDevice disk, int sectorBytes, long place, out int entryBytes, out string fault)
    {
        entryBytes = 0;
        byte[] header = new byte[sectorBytes];
        if (!HasSignature(disk, place) || disk.Length < place + sectorBytes || disk.Read(place, header) != Errno.None)
        {
            fault = "no header";
            return null;
        }

        int length = (int)BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(12));
        uint stored = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(16));
        header.AsSpan(16, 4).Clear();
        if (length < HeaderBytes || length > sectorBytes || Crc32.Of(header.AsSpan(0, length)) != stored)
        {
            fault = "the CRC of its header is wrong";
            return null;
        }

        if (BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(24)) != place / sectorBytes)
        {
            fault = "its header is that of another place";
            return null;
        }

        long table = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(72));
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(80));
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(84));
        if (size is < 128 or > MostEntryBytes || (ulong)count * size > MostTableBytes || table < 0 || table > disk.Length / sectorBytes)
        {
            fault = "its entries have an impossible place or size";
            return null;
        }

        byte[] entries = new byte[count * size];
        if (disk.Read(table * sectorBytes, entries) != Errno.None || Crc32.Of(entries) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(88)))
        {
            fault = "the CRC of its entries is wrong";
            return null;
        }

        entryBytes = (int)size;
        fault = string.Empty;
        return entries;
    }
}
