using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;

namespace Ext2Union.Ext2.Fsck;

/// <summary>"." and "..", the first two records of a directory. Requires: a block with a sound chain.</summary>
internal sealed class DotRecords(CheckedVolume volume, Reporter reporter)
{
    private const int DotBytes = 12;
    private bool isReachRefused;

    /// <summary>Offset of the record behind "..": the first ordinary one.</summary>
    public int End { get; private set; }

    /// <summary>Makes a first block that holds the two and nothing else; <paramref name="last"/> is where ".." begins.</summary>
    public static DirectoryBlock Format(Span<byte> bytes, bool hasFileType, uint inode, uint parent, out int last)
    {
        DirectoryBlock block = DirectoryBlock.Format(bytes, hasFileType);
        last = block.Append(0, "."u8, new InodeNumber(inode), DirectoryEntryType.Directory);
        last = block.Append(last, ".."u8, new InodeNumber(parent), DirectoryEntryType.Directory);
        return block;
    }

    /// <summary>
    /// Gives "." its length back where ".." lies behind it, before the chain is looked at: another one would cost the names that it reaches over.
    /// True: the block was changed.
    /// </summary>
    public bool CheckReach(Span<byte> block, uint directory)
    {
        ref DirectoryRecordHeader dot = ref UncheckedOverlay.RecordHeader(block, 0);
        ref DirectoryRecordHeader dots = ref UncheckedOverlay.RecordHeader(block, DotBytes);
        int length = LengthAt(block, 0);
        isReachRefused = false;
        bool isHidden = length != DotBytes && dot.NameLength == 1 && block[RecordLength.HeaderBytes] == '.'
            && dots.Inode != 0 && dots.NameLength == 2 && block.Slice(DotBytes + RecordLength.HeaderBytes, 2).SequenceEqual(".."u8);
        if (!isHidden)
        {
            return false;
        }
        if (!reporter.Raise(DirectoryProblems.DotTooLong, new Place { Directory = directory, Found = length }))
        {
            isReachRefused = true;
            return false;
        }
        dot.Length = DotBytes;
        return true;
    }

    /// <summary>Checks and repairs both. True: the block was changed.</summary>
    public bool Check(Span<byte> block, ref DirectoryFacts record)
    {
        uint directory = record.Inode;
        if (IsEmpty(block) && reporter.Raise(DirectoryProblems.Unfinished, new Place { Directory = directory }))
        {
            _ = Format(block, volume.HasFileType, directory, InodeNumber.Root.Value, out _);
            record.DotDot = InodeNumber.Root.Value;
            End = block.Length;
            return true;
        }
        bool changed = CheckDot(block, directory, out bool isDot);
        if (!isDot)
        {
            End = 0;
            return changed;
        }
        changed |= CheckDotLength(block, directory);
        int second = LengthAt(block, 0);
        if (second >= block.Length)
        {
            End = second;
            return changed;
        }
        ref DirectoryRecordHeader dots = ref UncheckedOverlay.RecordHeader(block, second);
        if (dots.Inode == 0 || dots.NameLength != 2 || !block.Slice(second + RecordLength.HeaderBytes, 2).SequenceEqual(".."u8))
        {
            if (!reporter.Raise(DirectoryProblems.DotDotMissing, new Place { Directory = directory }))
            {
                End = second;
                return changed;
            }
            // Pass 3 knows the parent and sets the number.
            WriteName(block, second, InodeNumber.Root.Value, ".."u8);
            changed = true;
        }
        record.DotDot = dots.Inode;
        changed |= CheckType(block, second, directory) | CheckEnd(block, second, directory);
        End = second + LengthAt(block, second);
        return changed;
    }

    private bool IsEmpty(Span<byte> block)
    {
        foreach (DirectoryRecord record in DirectoryBlock.OpenProved(block, volume.HasFileType))
        {
            if (record.IsInUse)
            {
                return false;
            }
        }
        return true;
    }

    private bool CheckDot(Span<byte> block, uint directory, out bool isDot)
    {
        ref DirectoryRecordHeader dot = ref UncheckedOverlay.RecordHeader(block, 0);
        bool changed = false;
        isDot = dot.Inode != 0 && dot.NameLength == 1 && block[RecordLength.HeaderBytes] == '.';
        if (!isDot)
        {
            if (!reporter.Raise(DirectoryProblems.DotMissing, new Place { Directory = directory }))
            {
                return false;
            }
            WriteName(block, 0, directory, "."u8);
            isDot = true;
            changed = true;
        }
        if (dot.Inode != directory
            && reporter.Raise(DirectoryProblems.DotWrong, new Place { Directory = directory, Found = dot.Inode }))
        {
            dot.Inode = directory;
            changed = true;
        }
        return changed | CheckType(block, 0, directory) | CheckEnd(block, 0, directory);
    }

    // The kernel tells the two by their first bytes and a zero behind them.
    private bool CheckEnd(Span<byte> block, int offset, uint directory)
    {
        int length = UncheckedOverlay.RecordHeader(block, offset).NameLength;
        int end = offset + RecordLength.HeaderBytes + length;
        if (block[end] == 0
            || !reporter.Raise(DirectoryProblems.DotNotEnded, new Place { Directory = directory, Name = length == 1 ? "." : ".." }))
        {
            return false;
        }
        block[end..(offset + DotBytes)].Clear();
        return true;
    }

    private bool CheckDotLength(Span<byte> block, uint directory)
    {
        int length = LengthAt(block, 0);
        if (length == DotBytes || isReachRefused || !reporter.Raise(DirectoryProblems.DotTooLong, new Place { Directory = directory, Found = length }))
        {
            return false;
        }
        int rest = length - DotBytes;
        if (rest < RecordLength.Minimum && length < block.Length)
        {
            // Too little for a record: the next one begins earlier, and is written anew if it was "..".
            rest += LengthAt(block, length);
        }
        UncheckedOverlay.RecordHeader(block, 0).Length = DotBytes;
        ref DirectoryRecordHeader second = ref UncheckedOverlay.RecordHeader(block, DotBytes);
        second.Inode = 0;
        second.NameLength = 0;
        second.Type = DirectoryEntryType.Unknown;
        second.Length = RecordLength.Encode(rest, block.Length);
        return true;
    }

    private bool CheckType(Span<byte> block, int offset, uint directory)
    {
        ref DirectoryRecordHeader header = ref UncheckedOverlay.RecordHeader(block, offset);
        DirectoryEntryType expected = volume.HasFileType ? DirectoryEntryType.Directory : DirectoryEntryType.Unknown;
        if (header.Type == expected)
        {
            return false;
        }
        Problem problem = DirectoryProblems.OfType(volume.HasFileType, header.Type);
        var place = new Place
        {
            Directory = directory,
            Name = offset == 0 ? "." : "..",
            Found = (int)header.Type,
            Expected = (int)expected,
        };
        if (!reporter.Raise(problem, place))
        {
            return false;
        }
        header.Type = expected;
        return true;
    }

    private void WriteName(Span<byte> block, int offset, uint inode, ReadOnlySpan<byte> name)
    {
        ref DirectoryRecordHeader header = ref UncheckedOverlay.RecordHeader(block, offset);
        header.Inode = inode;
        header.NameLength = (byte)name.Length;
        header.Type = volume.HasFileType ? DirectoryEntryType.Directory : DirectoryEntryType.Unknown;
        block.Slice(offset + RecordLength.HeaderBytes, 4).Clear();
        name.CopyTo(block[(offset + RecordLength.HeaderBytes)..]);
    }

    private static int LengthAt(Span<byte> block, int offset) =>
        RecordLength.Decode(UncheckedOverlay.RecordHeader(block, offset).Length, block.Length);
}
