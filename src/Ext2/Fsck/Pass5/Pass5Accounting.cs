using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Checks: block and inode bitmaps, their padding, free and directory counts of groups and volume, against what the passes found.
/// Gathers: nothing. Relies on: blocks of pass 1, inodes as pass 4 left them. Leaves: bitmaps on disk, counts in memory.
/// </summary>
internal sealed class Pass5Accounting
{
    private readonly CheckedVolume volume;
    private readonly Reporter reporter;
    private readonly InodeFacts facts;
    private readonly Geometry geometry;
    private readonly byte[] stored;
    private readonly byte[] expected;

    private Pass5Accounting(CheckedVolume volume, Reporter reporter, InodeFacts facts)
    {
        this.volume = volume;
        this.reporter = reporter;
        this.facts = facts;
        geometry = volume.Geometry;
        stored = new byte[volume.BlockBytes];
        expected = new byte[volume.BlockBytes];
    }

    public static void Run(CheckedVolume volume, Reporter reporter, InodeFacts facts)
    {
        var pass = new Pass5Accounting(volume, reporter, facts);
        pass.CheckBitmaps(true, AccountingProblems.BlockBitmap, AccountingProblems.BlockPadding);
        pass.CheckBitmaps(false, AccountingProblems.InodeBitmap, AccountingProblems.InodePadding);
        pass.CheckCounts();
        reporter.Progress(5, volume.Geometry.GroupCount, volume.Geometry.GroupCount);
    }

    private void CheckBitmaps(bool isBlocks, Problem differs, Problem padding)
    {
        var difference = new BitmapDifference();
        var groups = new List<uint>();
        for (uint group = 0; group < geometry.GroupCount; group++)
        {
            reporter.Progress(5, isBlocks ? group / 2 : (group + geometry.GroupCount) / 2, geometry.GroupCount);
            int count = Load(group, isBlocks);
            if (!stored.AsSpan(0, count / 8).SequenceEqual(expected.AsSpan(0, count / 8)) || count % 8 != 0)
            {
                if (Compare(group, count, isBlocks, difference))
                {
                    groups.Add(group);
                }
            }
            if (!IsPadded(count) && reporter.Raise(padding, new Place { Group = group }))
            {
                new Bitmap(stored, count).SetPadding();
                volume.Store.Write(BlockOf(group, isBlocks), stored);
            }
        }
        if (groups.Count != 0 && reporter.Raise(differs, new Place { Name = difference.ToString() }))
        {
            foreach (uint group in groups)
            {
                _ = Load(group, isBlocks);
                volume.Store.Write(BlockOf(group, isBlocks), expected);
            }
        }
    }

    // Reads the bitmap of a group and makes the one it should be. Returns how many bits mean something.
    private int Load(uint group, bool isBlocks)
    {
        if (volume.IsLegal(BlockOf(group, isBlocks)))
        {
            volume.Store.Read(BlockOf(group, isBlocks), stored);
        }
        else
        {
            Array.Clear(stored);
        }
        int count = isBlocks ? geometry.BlocksIn(group) : (int)geometry.InodesPerGroup;
        Array.Clear(expected);
        var bits = new Bitmap(expected, count);
        uint first = isBlocks ? geometry.FirstBlockOf(group).Value : geometry.InodeAt(group, 0).Value;
        if (isBlocks)
        {
            facts.UsedBlocks.CopyTo(first, count, expected);
        }
        else
        {
            facts.Inodes.CopyUsedTo(first, (uint)count, expected);
        }
        bits.SetPadding();
        return count;
    }

    private uint BlockOf(uint group, bool isBlocks) =>
        isBlocks ? volume.Descriptor(group).BlockBitmap : volume.Descriptor(group).InodeBitmap;

    private bool Compare(uint group, int count, bool isBlocks, BitmapDifference difference)
    {
        uint first = isBlocks ? geometry.FirstBlockOf(group).Value : geometry.InodeAt(group, 0).Value;
        bool differs = false;
        for (int i = 0; i < count; i++)
        {
            int wrong = (stored[i >> 3] ^ expected[i >> 3]) >> (i & 7) & 1;
            if (wrong != 0)
            {
                differs = true;
                difference.Add(first + i, (expected[i >> 3] >> (i & 7) & 1) != 0);
            }
        }
        return differs;
    }

    private bool IsPadded(int count)
    {
        for (int bit = count; bit < stored.Length * 8;)
        {
            if ((bit & 7) == 0)
            {
                return stored.AsSpan(bit >> 3).IndexOfAnyExcept((byte)0xFF) < 0;
            }
            if ((stored[bit >> 3] >> (bit & 7) & 1) == 0)
            {
                return false;
            }
            bit++;
        }
        return true;
    }

    private void CheckCounts()
    {
        long freeBlocks = 0;
        long freeInodes = 0;
        int[] directories = CountDirectories();
        for (uint group = 0; group < geometry.GroupCount; group++)
        {
            int blocks = geometry.BlocksIn(group) - (int)facts.UsedBlocks.Count(geometry.FirstBlockOf(group).Value, geometry.BlocksIn(group));
            int inodes = (int)geometry.InodesPerGroup - facts.Inodes.CountUsed(geometry.InodeAt(group, 0).Value, geometry.InodesPerGroup);
            freeBlocks += blocks;
            freeInodes += inodes;
            ref GroupDescriptor descriptor = ref volume.Descriptor(group);
            if (IsWrong(AccountingProblems.GroupFreeBlocks, group, descriptor.FreeBlocksCount, blocks))
            {
                descriptor.FreeBlocksCount = (ushort)blocks;
            }
            if (IsWrong(AccountingProblems.GroupFreeInodes, group, descriptor.FreeInodesCount, inodes))
            {
                descriptor.FreeInodesCount = (ushort)inodes;
            }
            if (IsWrong(AccountingProblems.GroupDirectories, group, descriptor.UsedDirectoriesCount, directories[group]))
            {
                descriptor.UsedDirectoriesCount = (ushort)directories[group];
            }
        }
        if (IsWrong(AccountingProblems.FreeBlocks, 0, volume.Superblock.FreeBlocksCount, freeBlocks))
        {
            volume.Superblock.FreeBlocksCount = (uint)freeBlocks;
        }
        if (IsWrong(AccountingProblems.FreeInodes, 0, volume.Superblock.FreeInodesCount, freeInodes))
        {
            volume.Superblock.FreeInodesCount = (uint)freeInodes;
        }
    }

    private bool IsWrong(Problem problem, uint group, long found, long expectedCount)
    {
        bool repair = found != expectedCount
            && reporter.Raise(problem, new Place { Group = group, Found = found, Expected = expectedCount });
        volume.IsHeaderChanged |= repair;
        return repair;
    }

    private int[] CountDirectories()
    {
        int[] counts = new int[geometry.GroupCount];
        foreach (ref DirectoryFacts record in facts.Directories.All)
        {
            counts[geometry.GroupOf(new InodeNumber(record.Inode))]++;
        }
        return counts;
    }
}
