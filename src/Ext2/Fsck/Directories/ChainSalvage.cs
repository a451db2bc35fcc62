using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Makes the record chain of a damaged directory block sound. A record that is wrong only in its length keeps its name: it reaches to the next
/// place where a record can begin. What cannot be read becomes free room.
/// </summary>
internal static class ChainSalvage
{
    private const byte LastType = (byte)DirectoryEntryType.Fallthru;

    public static void Repair(Span<byte> block, uint inodeCount)
    {
        int previous = -1;
        int at = 0;
        while (at < block.Length)
        {
            if (block.Length - at < RecordLength.Minimum)
            {
                // Never at the start: a block is longer than a record.
                SetLength(block, previous, block.Length - previous);
                return;
            }
            int next = NextOf(block, at);
            if (next < 0)
            {
                next = FindNext(block, at, inodeCount);
                MakeRecord(block, at, next, inodeCount);
            }
            previous = at;
            at = next;
        }
    }

    // End of a sound record, or -1.
    private static int NextOf(Span<byte> block, int at)
    {
        ref DirectoryRecordHeader header = ref UncheckedOverlay.RecordHeader(block, at);
        int length = RecordLength.Decode(header.Length, block.Length);
        int rest = block.Length - at;
        bool isSound = length >= RecordLength.Minimum && length % RecordLength.Alignment == 0 && length <= rest
            && (length == rest || rest - length >= RecordLength.Minimum) && RecordLength.HeaderBytes + header.NameLength <= length;
        return isSound ? at + length : -1;
    }

    // Only a record that names something is believed: anything else could be what an old name left.
    private static int FindNext(Span<byte> block, int at, uint inodeCount)
    {
        for (int next = at + RecordLength.Minimum; next + RecordLength.Minimum <= block.Length; next += RecordLength.Alignment)
        {
            if (NextOf(block, next) > 0 && IsPlausible(block, next, block.Length - next, inodeCount))
            {
                return next;
            }
        }
        return block.Length;
    }

    private static void MakeRecord(Span<byte> block, int at, int next, uint inodeCount)
    {
        ref DirectoryRecordHeader header = ref UncheckedOverlay.RecordHeader(block, at);
        SetLength(block, at, next - at);
        if (!IsPlausible(block, at, next - at, inodeCount))
        {
            header.Inode = 0;
            header.NameLength = 0;
            header.Type = DirectoryEntryType.Unknown;
        }
    }

    private static bool IsPlausible(Span<byte> block, int at, int room, uint inodeCount)
    {
        ref DirectoryRecordHeader header = ref UncheckedOverlay.RecordHeader(block, at);
        bool isMark = header.Inode == 0 && header.Type.IsMark();
        return (isMark || (header.Inode != 0 && header.Inode <= inodeCount))
            && header.NameLength != 0
            && (byte)header.Type <= LastType
            && RecordLength.HeaderBytes + header.NameLength <= room
            && !block.Slice(at + RecordLength.HeaderBytes, header.NameLength).ContainsAny((byte)0, (byte)'/');
    }

    private static void SetLength(Span<byte> block, int at, int length) =>
        UncheckedOverlay.RecordHeader(block, at).Length = RecordLength.Encode(length, block.Length);
}
