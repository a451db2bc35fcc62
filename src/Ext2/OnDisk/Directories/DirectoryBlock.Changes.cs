using System.Diagnostics;

namespace Ext2Union.Ext2.OnDisk.Directories;

public readonly ref partial struct DirectoryBlock
{
    /// <summary>
    /// Puts a record into the room behind the record at <paramref name="offset"/> (as <see cref="FindRoom"/> found it) and returns where it begins.
    /// This is the whole of <c>ext2_append_link</c>: ordinary entries and marks come in by the same way.
    /// </summary>
    public int Append(int offset, ReadOnlySpan<byte> name, InodeNumber inode, DirectoryEntryType type)
    {
        DirectoryRecord host = At(offset);
        int used = host.Used;
        int length = host.Length - used;
        Debug.Assert(length >= RecordLength.Needed(name.Length), "The place was found for a shorter name.");
        int start = offset + used;
        ref DirectoryRecordHeader header = ref Header(bytes, start);
        // The new record is whole before the old one is cut, so that the chain is sound at every moment.
        header.Inode = inode.Value;
        header.NameLength = (byte)name.Length;
        header.Type = hasFileType ? type : DirectoryEntryType.Unknown;
        header.Length = RecordLength.Encode(length, bytes.Length);
        name.CopyTo(bytes[(start + RecordLength.HeaderBytes)..]);
        if (used > 0)
        {
            Header(bytes, offset).Length = RecordLength.Encode(used, bytes.Length);
        }

        return start;
    }

    /// <summary>
    /// Frees the record at an offset: inode and type go, and its bytes join the record before it. The first record of a block or sector stays as a free one.
    /// </summary>
    public void Remove(int offset) => _ = Remove(offset, Before(offset));

    /// <summary>
    /// <see cref="Remove(int)"/> for who walks the block and knows the offset of the record before, -1 when there is none. Answers the offset of the record that
    /// the bytes now belong to. Nothing is moved: whatever sectors of the block a torn write leaves old, its chain is sound and keeps every other name.
    /// </summary>
    public int Remove(int offset, int previous)
    {
        ref DirectoryRecordHeader header = ref Header(bytes, offset);
        // The type goes too: a name left with type 8 or 9 and no inode would be a mark.
        header.Inode = 0;
        header.Type = DirectoryEntryType.Unknown;
        // A record that begins a sector stays, so that sectors keep to themselves.
        if (previous < 0 || offset % SectorBytes == 0)
        {
            return offset;
        }

        int length = offset - previous + LengthAt(offset);
        Header(bytes, previous).Length = RecordLength.Encode(length, bytes.Length);
        return previous;
    }

    /// <summary>
    /// Lets a record stand for something else under the same name: mark to entry, entry to mark, one inode to another.
    /// </summary>
    public void Retarget(int offset, InodeNumber inode, DirectoryEntryType type)
    {
        ref DirectoryRecordHeader header = ref Header(bytes, offset);
        if (!hasFileType)
        {
            header.Inode = inode.Value;
            return;
        }

        // A record may lie across two sectors and be torn between number and type. In both orders the torn state is a mark with an inode number,
        // which the checker turns into the ordinary entry; the other way round a name would be lost without a mark.
        if (type.IsMark())
        {
            header.Type = type;
            header.Inode = inode.Value;
        }
        else
        {
            header.Inode = inode.Value;
            header.Type = type;
        }
    }

    /// <summary>Moves all records in use to the front, so that the room of the block is one piece at its end. Offsets change; a torn write may cost names.</summary>
    public void Compact() => Compact(0, bytes.Length);

    /// <summary>
    /// Moves the records of one sector together where that makes room in one piece, and answers the offset of the record with that room, or -1. Only sectors that no
    /// record crosses are looked at: a change of one sector cannot be torn.
    /// </summary>
    public int CompactSector(int needed)
    {
        int from = -1;
        int room = 0;
        for (int offset = 0; offset < bytes.Length;)
        {
            DirectoryRecord record = At(offset);
            int end = offset + record.Length;
            if (offset % SectorBytes == 0)
            {
                from = offset;
                room = 0;
            }

            room += record.Room;
            from = end > from + SectorBytes ? -1 : from;
            if (from >= 0 && end == from + SectorBytes && room >= needed)
            {
                return Compact(from, end);
            }

            offset = end;
        }

        return -1;
    }

    // Answers the offset of the last record, which has all the room.
    private int Compact(int from, int to)
    {
        int end = from;
        int last = -1;
        for (int offset = from; offset < to;)
        {
            DirectoryRecord record = At(offset);
            int length = record.Length;
            int used = record.Used;
            if (used > 0)
            {
                bytes.Slice(offset, used).CopyTo(bytes[end..]);
                Header(bytes, end).Length = RecordLength.Encode(used, bytes.Length);
                last = end;
                end += used;
            }

            offset += length;
        }

        bytes[end..to].Clear();
        last = last < 0 ? from : last;
        Header(bytes, last).Length = RecordLength.Encode(to - last, bytes.Length);
        return last;
    }

    /// <summary>Puts a record at the end of those in use in a block that holds no gaps (fresh, compacted, or filled this way only). False: no room.</summary>
    public bool TryAppendLast(ref int last, ReadOnlySpan<byte> name, InodeNumber inode, DirectoryEntryType type)
    {
        if (At(last).Room < RecordLength.Needed(name.Length))
        {
            return false;
        }

        last = Append(last, name, inode, type);
        return true;
    }

    /// <summary>Offset of the record before the one at <paramref name="offset"/>, -1 when it is the first.</summary>
    private int Before(int offset)
    {
        int previous = -1;
        for (int at = 0; at < offset; at += LengthAt(at))
        {
            previous = at;
        }

        return previous;
    }
}
