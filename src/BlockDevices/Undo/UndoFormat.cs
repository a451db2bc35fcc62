using System.Buffers.Binary;
using System.Security.Cryptography;
using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices.Undo;

/// <summary>
/// The bytes of an undo file (docs/FORMAT.md, "Undo files"). Two state slots of a sector each are written by turns, so one is always whole; behind
/// them records, one behind the other. A record counts when the newest slot says that the file reaches beyond it.
/// </summary>
internal static class UndoFormat
{
    public const int SlotBytes = 512;
    public const long FirstRecord = 4096;
    public const int RecordHeaderBytes = 64;
    public const int HashBytes = SHA256.HashSizeInBytes;

    /// <summary>Unit in which old content is kept.</summary>
    public const int GranuleBytes = 32768;

    /// <summary>Where a volume says what it is and when it was last used: the superblock of ext2.</summary>
    public const int IdentityOffset = 1024;
    public const int IdentityBytes = 1024;
    public const int SectorBytes = 512;

    private const ulong Magic = 0x4F444E5532545845;
    private const uint Version = 1;
    private const uint RecordMagic = 0x43455255;
    private const int CheckedSlotBytes = SlotBytes - HashBytes;

    /// <summary>A record's data is followed by zeros up to a multiple of eight.</summary>
    public static long RecordBytes(int dataLength) => RecordHeaderBytes + ((dataLength + 7L) & ~7L);

    public static byte[] EncodeSlot(in UndoState state)
    {
        byte[] slot = new byte[SlotBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(slot, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(slot.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(slot.AsSpan(12), (uint)state.Phase);
        BinaryPrimitives.WriteInt64LittleEndian(slot.AsSpan(16), state.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(slot.AsSpan(24), state.DeviceLength);
        BinaryPrimitives.WriteInt64LittleEndian(slot.AsSpan(32), state.End);
        state.Identity.CopyTo(slot.AsSpan(40));
        _ = SHA256.HashData(slot.AsSpan(0, CheckedSlotBytes), slot.AsSpan(CheckedSlotBytes));
        return slot;
    }

    /// <summary>The newer of the two slots that are sound; null when neither is.</summary>
    public static UndoState? DecodeSlots(BlockDevice storage)
    {
        UndoState? newest = null;
        byte[] slot = new byte[SlotBytes];
        for (int index = 0; index < 2; index++)
        {
            if (storage.Read(index * SlotBytes, slot) == Errno.None && Decode(slot) is { } state && !(newest?.Sequence > state.Sequence))
            {
                newest = state;
            }
        }

        return newest;
    }

    /// <summary>A record with its data; <paramref name="position"/> is where it will lie in the file.</summary>
    public static byte[] EncodeRecord(UndoRecordKind kind, long position, long offset, int length, ReadOnlySpan<byte> data)
    {
        byte[] record = new byte[RecordBytes(data.Length)];
        BinaryPrimitives.WriteUInt32LittleEndian(record, RecordMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(4), (uint)kind);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(8), position);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(16), offset);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(24), length);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(28), data.Length);
        data.CopyTo(record.AsSpan(RecordHeaderBytes));
        HashRecord(record, data.Length, record.AsSpan(32, HashBytes));
        return record;
    }

    /// <summary>Reads the record at a position. Null: it is not one, or not whole.</summary>
    public static UndoRecord? DecodeRecord(BlockDevice storage, long position, long end)
    {
        byte[] header = new byte[RecordHeaderBytes];
        if (position > end - RecordHeaderBytes || storage.Read(position, header) != Errno.None
            || BinaryPrimitives.ReadUInt32LittleEndian(header) != RecordMagic || BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(8)) != position)
        {
            return null;
        }

        int dataLength = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(28));
        if (dataLength < 0 || RecordBytes(dataLength) > end - position)
        {
            return null;
        }

        byte[] record = new byte[RecordBytes(dataLength)];
        Span<byte> check = stackalloc byte[HashBytes];
        if (storage.Read(position, record) != Errno.None)
        {
            return null;
        }

        HashRecord(record, dataLength, check);
        return !check.SequenceEqual(record.AsSpan(32, HashBytes)) ? null : new UndoRecord(
            (UndoRecordKind)BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(4)),
            position,
            BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(16)),
            BinaryPrimitives.ReadInt32LittleEndian(record.AsSpan(24)),
            record.AsMemory(RecordHeaderBytes, dataLength));
    }

    private static void HashRecord(ReadOnlySpan<byte> record, int dataLength, Span<byte> hash)
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sum.AppendData(record[..32]);
        sum.AppendData(record.Slice(RecordHeaderBytes, dataLength));
        _ = sum.GetHashAndReset(hash);
    }

    private static UndoState? Decode(byte[] slot)
    {
        Span<byte> check = stackalloc byte[HashBytes];
        _ = SHA256.HashData(slot.AsSpan(0, CheckedSlotBytes), check);
        bool isSound = BinaryPrimitives.ReadUInt64LittleEndian(slot) == Magic && BinaryPrimitives.ReadUInt32LittleEndian(slot.AsSpan(8)) == Version
            && check.SequenceEqual(slot.AsSpan(CheckedSlotBytes));
        return !isSound ? null : new UndoState(
            (UndoPhase)BinaryPrimitives.ReadUInt32LittleEndian(slot.AsSpan(12)),
            BinaryPrimitives.ReadInt64LittleEndian(slot.AsSpan(16)),
            BinaryPrimitives.ReadInt64LittleEndian(slot.AsSpan(24)),
            BinaryPrimitives.ReadInt64LittleEndian(slot.AsSpan(32)),
            slot.AsSpan(40, HashBytes).ToArray());
    }
}
