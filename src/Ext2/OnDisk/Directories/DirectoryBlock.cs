using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk.Directories;

/// <summary>
/// A block of a directory whose record chain has been proved sound: every record begins aligned, ends within the block and holds its name,
/// and the last ends with the block. Nothing that walks it checks again, and everything that changes it keeps it so.
/// </summary>
public readonly ref partial struct DirectoryBlock
{
    private readonly Span<byte> bytes;
    private readonly bool hasFileType;

    private DirectoryBlock(Span<byte> bytes, bool hasFileType)
    {
        this.bytes = bytes;
        this.hasFileType = hasFileType;
    }

    /// <summary>What a disk writes wholly or not at all.</summary>
    public const int SectorBytes = 512;

    /// <summary>Bytes of the block.</summary>
    public int Length => bytes.Length;

    /// <summary>Proves the record chain and opens the block. The answer names what is wrong otherwise.</summary>
    public static DirectoryFault TryOpen(Span<byte> bytes, bool hasFileType, out DirectoryBlock block)
    {
        DirectoryFault fault = Check(bytes, out _);
        block = fault == DirectoryFault.None ? new DirectoryBlock(bytes, hasFileType) : default;
        return fault;
    }

    /// <summary>
    /// Opens a block that was proved before and has been changed only through this type since: the cache remembers the proof, so that it is not
    /// repeated at every lookup.
    /// </summary>
    public static DirectoryBlock OpenProved(Span<byte> bytes, bool hasFileType) => new(bytes, hasFileType);

    /// <summary>Makes the block one free record.</summary>
    public static DirectoryBlock Format(Span<byte> bytes, bool hasFileType)
    {
        bytes.Clear();
        Header(bytes, 0).Length = RecordLength.Encode(bytes.Length, bytes.Length);
        return new DirectoryBlock(bytes, hasFileType);
    }

    /// <summary>
    /// Makes each sector of the block one free record. No record then ever crosses a sector, so each change of the block is a change of one sector, which a disk
    /// writes wholly or not at all; the directories of 4.2BSD are laid out so for the same reason. To every reader it is a block with free records.
    /// </summary>
    public static DirectoryBlock FormatSectors(Span<byte> bytes, bool hasFileType)
    {
        bytes.Clear();
        for (int offset = 0; offset < bytes.Length; offset += SectorBytes)
        {
            Header(bytes, offset).Length = RecordLength.Encode(SectorBytes, bytes.Length);
        }

        return new DirectoryBlock(bytes, hasFileType);
    }

    /// <summary>
    /// Looks at every record of a chain. <paramref name="offset"/> is where the first fault begins. Free records are held to the same rules, as
    /// e2fsck and the kernel do.
    /// </summary>
    public static DirectoryFault Check(ReadOnlySpan<byte> bytes, out int offset)
    {
        offset = 0;
        while (offset < bytes.Length)
        {
            ref readonly DirectoryRecordHeader header = ref MemoryMarshal.AsRef<DirectoryRecordHeader>(bytes[offset..]);
            int length = RecordLength.Decode(header.Length, bytes.Length);
            int rest = bytes.Length - offset;
            if (length < RecordLength.Minimum)
            {
                return DirectoryFault.RecordTooShort;
            }

            if (length % RecordLength.Alignment != 0)
            {
                return DirectoryFault.RecordMisaligned;
            }

            if (length > rest || (length < rest && rest - length < RecordLength.Minimum))
            {
                return DirectoryFault.RecordCrossesBlock;
            }

            if (RecordLength.HeaderBytes + header.NameLength > length)
            {
                return DirectoryFault.NameOutsideRecord;
            }

            offset += length;
        }

        return DirectoryFault.None;
    }

    /// <summary>The record that begins at an offset at which one is known to begin.</summary>
    public DirectoryRecord At(int offset) => new(bytes.Slice(offset, LengthAt(offset)), offset, hasFileType);

    /// <summary>All records from the first on, free ones included.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Offset of the record in use with this name, or -1.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        for (int offset = 0; offset < bytes.Length; offset += LengthAt(offset))
        {
            // The length of the name tells most strangers apart at the cost of one byte.
            if (Header(bytes, offset).NameLength == name.Length)
            {
                DirectoryRecord record = At(offset);
                if (record.Name.SequenceEqual(name) && record.IsInUse)
                {
                    return offset;
                }
            }
        }

        return -1;
    }

    /// <summary>
    /// Offset of a record with room for one more record of so many bytes, or -1. The first at which a torn write cannot break the chain; where there is none,
    /// the first of all.
    /// </summary>
    public int FindRoom(int needed)
    {
        int second = -1;
        foreach (DirectoryRecord record in this)
        {
            if (record.Room < needed)
            {
                continue;
            }

            if (IsWithinSector(record))
            {
                return record.Offset;
            }

            second = second < 0 ? record.Offset : second;
        }

        return second;
    }

    // The length that is cut and the header that is put behind it reach the disk together.
    private static bool IsWithinSector(DirectoryRecord host)
    {
        int start = host.Offset + host.Used;
        int sector = start / SectorBytes;
        return (start + RecordLength.HeaderBytes - 1) / SectorBytes == sector && (host.Offset + RecordLength.HeaderBytes - 1) / SectorBytes == sector;
    }

    /// <summary>The largest room in one piece, and all room together.</summary>
    public void MeasureRoom(out int largest, out int total)
    {
        largest = 0;
        total = 0;
        foreach (DirectoryRecord record in this)
        {
            int room = record.Room;
            largest = Math.Max(largest, room);
            total += room;
        }
    }

    private int LengthAt(int offset) => RecordLength.Decode(Header(bytes, offset).Length, bytes.Length);

    private static ref DirectoryRecordHeader Header(Span<byte> bytes, int offset) =>
        ref MemoryMarshal.AsRef<DirectoryRecordHeader>(bytes[offset..]);

    /// <summary>Walks the records of a block.</summary>
    public ref struct Enumerator
    {
        private readonly DirectoryBlock block;
        private int offset;
        private int next;

        internal Enumerator(DirectoryBlock block) => this.block = block;

        /// <summary>The record under way.</summary>
        public readonly DirectoryRecord Current => block.At(offset);

        /// <summary>Goes to the next record; false behind the last.</summary>
        public bool MoveNext()
        {
            if (next >= block.Length)
            {
                return false;
            }

            offset = next;
            next += block.LengthAt(offset);
            return true;
        }
    }
}
