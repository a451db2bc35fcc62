using System.Buffers.Binary;

namespace Ext2Union.Tests.Support;

/// <summary>Writes partition tables into images of disks. partx(8) says whether they are right.</summary>
public static class PartitionedDisk
{
    private const int EntryCount = 128;
    private const int EntryBytes = 128;

    /// <summary>An MBR: two primary partitions, an extended one as number 3, and two logical ones. Sectors of 512 bytes.</summary>
    public static (long Start, long Count)[] WriteBootRecord(string image)
    {
        using FileStream file = File.OpenWrite(image);
        file.SetLength(64 << 20);
        WriteRecord(file, 0, (0x83, 2048, 16384), (0x0C, 20480, 2048), (0x0F, 24576, 65536));
        WriteRecord(file, 24576, (0x83, 2048, 20480), (0x05, 24576, 16384));
        WriteRecord(file, 24576 + 24576, (0x83, 2048, 8192));
        return [(2048, 16384), (20480, 2048), (24576 + 2048, 20480), (24576 + 24576 + 2048, 8192)];
    }

    /// <summary>A GPT with partitions 1, 2 and 4.</summary>
    public static (long Start, long Count)[] WriteGuidTable(string image, int sectorBytes = 512)
    {
        using FileStream file = File.OpenWrite(image);
        file.SetLength(64 << 20);
        long sectors = file.Length / sectorBytes;
        (long Start, long Count)[] partitions = [(512, 2048), (4096, 1024), (0, 0), (6144, 1024)];
        byte[] entries = new byte[EntryCount * EntryBytes];
        for (int i = 0; i < partitions.Length; i++)
        {
            if (partitions[i].Count > 0)
            {
                Span<byte> entry = entries.AsSpan(i * EntryBytes, EntryBytes);
                _ = new Guid("0fc63daf-8483-4772-8e79-3d69d8477de4").TryWriteBytes(entry);
                _ = new Guid(i + 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11).TryWriteBytes(entry[16..]);
                BinaryPrimitives.WriteInt64LittleEndian(entry[32..], partitions[i].Start);
                BinaryPrimitives.WriteInt64LittleEndian(entry[40..], partitions[i].Start + partitions[i].Count - 1);
            }
        }

        long tableSectors = entries.Length / sectorBytes;
        WriteRecord(file, 0, (0xEE, 1, (uint)(sectors - 1)));
        WriteHeader(file, sectorBytes, 1, sectors - 1, 2, entries);
        WriteHeader(file, sectorBytes, sectors - 1, 1, sectors - 1 - tableSectors, entries);
        return partitions;
    }

    private static void WriteRecord(FileStream file, long sector, params (byte Type, uint Start, uint Count)[] entries)
    {
        byte[] record = new byte[512];
        for (int i = 0; i < entries.Length; i++)
        {
            Span<byte> entry = record.AsSpan(446 + (16 * i), 16);
            entry[4] = entries[i].Type;
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], entries[i].Start);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], entries[i].Count);
        }

        record[510] = 0x55;
        record[511] = 0xAA;
        file.Position = sector * 512;
        file.Write(record);
    }

    private static void WriteHeader(FileStream file, int sectorBytes, long place, long other, long table, byte[] entries)
    {
        byte[] header = new byte[92];
        "EFI PART"u8.CopyTo(header);
        long sectors = file.Length / sectorBytes;
        long tableSectors = entries.Length / sectorBytes;
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), 0x00010000);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), 92);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), place);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(32), other);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(40), 2 + tableSectors);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(48), sectors - 2 - tableSectors);
        _ = new Guid("11111111-2222-3333-4444-555555555555").TryWriteBytes(header.AsSpan(56));
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(72), table);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(80), EntryCount);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(84), EntryBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(88), Crc(entries));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), Crc(header));
        file.Position = table * sectorBytes;
        file.Write(entries);
        file.Position = place * sectorBytes;
        file.Write(header);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        // Bit by bit as polynomial division, most significant bit first, of the reflected input.
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                bool carry = ((crc >> 31) & 1) != (uint)((value >> bit) & 1);
                crc = (crc << 1) ^ (carry ? 0x04C11DB7u : 0);
            }
        }

        uint reflected = 0;
        for (int i = 0; i < 32; i++)
        {
            reflected |= ((crc >> i) & 1) << (31 - i);
        }

        return ~reflected;
    }
}
