using System.Runtime.CompilerServices;
using System.Text;
using Ext2Union.Ext2.OnDisk.Directories;

namespace Ext2Union.Ext2.OnDisk.Tests.Directories;

/// <summary>Directory blocks against a model, and what their proof refuses.</summary>
public sealed class DirectoryBlockTests
{
    [Fact]
    public void StructuresHaveTheSizesOfTheFormat()
    {
        Assert.Equal(8, Unsafe.SizeOf<DirectoryRecordHeader>());
        Assert.Equal(HashTreeRootInfo.Bytes, Unsafe.SizeOf<HashTreeRootInfo>());
        Assert.Equal(HashTreeEntry.Bytes, Unsafe.SizeOf<HashTreeEntry>());
        Assert.Equal(4, Unsafe.SizeOf<HashTreeLimits>());
        Assert.Equal(124, HashTreeNode.LimitOf(1024, isRoot: true));
        Assert.Equal(511, HashTreeNode.LimitOf(4096, isRoot: false));
    }

    [Theory]
    [InlineData(1024, 12, 12)]
    [InlineData(65536, 65536, 65535)]
    [InlineData(65536, 65532, 65532)]
    [InlineData(32768, 32768, 32768)]
    public void LengthsOfTheLargestBlocksFitSixteenBits(int blockSize, int length, ushort stored)
    {
        Assert.Equal(stored, RecordLength.Encode(length, blockSize));
        Assert.Equal(length, RecordLength.Decode(stored, blockSize));
    }

    [Fact]
    public void OlderWritersStoreTheLargestBlockAsZero()
    {
        Assert.Equal(65536, RecordLength.Decode(0, 65536));
        Assert.Equal(0, RecordLength.Decode(0, 4096));
    }

    [Theory]
    [InlineData(1024, true, false)]
    [InlineData(4096, true, true)]
    [InlineData(4096, false, false)]
    [InlineData(65536, true, true)]
    public void KeepsWhatAModelKeeps(int blockSize, bool hasFileType, bool inSectors)
    {
        byte[] bytes = new byte[blockSize];
        Random random = new(blockSize + 17);
        Dictionary<string, (uint Inode, DirectoryEntryType Type)> model = [];
        _ = inSectors ? DirectoryBlock.FormatSectors(bytes, hasFileType) : DirectoryBlock.Format(bytes, hasFileType);
        for (int step = 0; step < 3000; step++)
        {
            Assert.Equal(DirectoryFault.None, DirectoryBlock.TryOpen(bytes, hasFileType, out DirectoryBlock block));
            string name = new((char)('a' + random.Next(26)), random.Next(1, 12) * random.Next(1, 20));
            bool isMark = hasFileType && random.Next(3) == 0;
            (uint Inode, DirectoryEntryType Type) what = isMark
                ? (0u, DirectoryEntryType.Whiteout + (byte)random.Next(2))
                : ((uint)random.Next(1, 1000), hasFileType ? DirectoryEntryType.File : DirectoryEntryType.Unknown);
            Step(block, model, Encoding.ASCII.GetBytes(name), name, what, random.Next(8));
            Compare(block, model);
        }
    }

    private static void Step(
        DirectoryBlock block, Dictionary<string, (uint Inode, DirectoryEntryType Type)> model, byte[] key, string name, (uint Inode, DirectoryEntryType Type) what, int choice)
    {
        int found = block.Find(key);
        Assert.Equal(model.ContainsKey(name), found >= 0);
        if (found >= 0 && choice < 4)
        {
            block.Remove(found);
            _ = model.Remove(name);
        }
        else if (found >= 0)
        {
            block.Retarget(found, new InodeNumber(what.Inode), what.Type);
            model[name] = what;
        }
        else
        {
            block.MeasureRoom(out int largest, out int total);
            int needed = RecordLength.Needed(key.Length);
            int compacted = largest < needed ? block.CompactSector(needed) : -1;
            if (largest < needed && compacted < 0 && total >= needed)
            {
                block.Compact();
            }

            int place = block.FindRoom(needed);
            Assert.Equal(total >= needed, place >= 0);
            if (place >= 0)
            {
                Assert.Equal(key, block.At(block.Append(place, key, new InodeNumber(what.Inode), what.Type)).Name.ToArray());
                model[name] = what;
            }
        }
    }

    [Fact]
    public void AChangeOfABlockInSectorsIsAChangeOfOneSector()
    {
        byte[] bytes = new byte[2048];
        _ = DirectoryBlock.FormatSectors(bytes, true);
        Random random = new(5);
        List<byte[]> names = [];
        for (int step = 0; step < 1200; step++)
        {
            byte[] before = [.. bytes];
            DirectoryBlock block = DirectoryBlock.OpenProved(bytes, true);
            byte[] name = Encoding.ASCII.GetBytes($"{step}-" + new string('s', random.Next(200)));
            if (names.Count > 0 && random.Next(2) == 0)
            {
                int victim = random.Next(names.Count);
                block.Remove(block.Find(names[victim]));
                names.RemoveAt(victim);
            }
            else if (block.FindRoom(RecordLength.Needed(name.Length)) is int place and >= 0)
            {
                _ = block.Append(place, name, new InodeNumber(9), DirectoryEntryType.File);
                names.Add(name);
            }
            else
            {
                _ = block.CompactSector(RecordLength.Needed(name.Length));
            }

            Assert.True(Enumerable.Range(0, 4).Count(sector => !before.AsSpan(sector * 512, 512).SequenceEqual(bytes.AsSpan(sector * 512, 512))) <= 1, $"step {step}");
            Assert.Equal(DirectoryFault.None, DirectoryBlock.Check(bytes, out _));
            Assert.All(names, known => Assert.True(DirectoryBlock.OpenProved(bytes, true).Find(known) >= 0));
        }
    }

    private static void Compare(DirectoryBlock block, Dictionary<string, (uint Inode, DirectoryEntryType Type)> model)
    {
        int count = 0;
        foreach (DirectoryRecord record in block)
        {
            if (record.IsInUse)
            {
                count++;
                Assert.Equal(model[Encoding.ASCII.GetString(record.Name)], (record.Inode.Value, record.Type));
                Assert.Equal(record.Inode.IsNone, record.IsMark);
            }
            else
            {
                Assert.True(record.Inode.IsNone && record.Type == DirectoryEntryType.Unknown);
            }
        }

        Assert.Equal(model.Count, count);
    }

    [Fact]
    public void OnlyNamedMarksAreInUseWithoutAnInode()
    {
        byte[] bytes = new byte[1024];
        DirectoryBlock block = DirectoryBlock.Format(bytes, true);
        bytes[7] = (byte)DirectoryEntryType.ChecksumTail;
        Assert.False(block.At(0).IsInUse);
        bytes[7] = (byte)DirectoryEntryType.Whiteout;
        Assert.False(block.At(0).IsInUse);
        bytes[6] = 1;
        Assert.True(block.At(0).IsInUse);
        Assert.False(DirectoryBlock.OpenProved(bytes, false).At(0).IsInUse);
        bytes[7] = (byte)DirectoryEntryType.Symlink;
        Assert.False(block.At(0).IsInUse);
    }

    [Theory]
    [InlineData(0, DirectoryFault.RecordTooShort)]
    [InlineData(8, DirectoryFault.RecordTooShort)]
    [InlineData(14, DirectoryFault.RecordMisaligned)]
    [InlineData(1028, DirectoryFault.RecordCrossesBlock)]
    [InlineData(1020, DirectoryFault.RecordCrossesBlock)]
    [InlineData(12, DirectoryFault.NameOutsideRecord)]
    public void RefusesAnUnsoundChain(ushort length, DirectoryFault expected)
    {
        byte[] bytes = new byte[1024];
        _ = DirectoryBlock.Format(bytes, true);
        bytes[4] = (byte)length;
        bytes[5] = (byte)(length >> 8);
        bytes[6] = 5;
        Assert.Equal(expected, DirectoryBlock.TryOpen(bytes, true, out _));
        Assert.Equal(expected, DirectoryBlock.Check(bytes, out int offset));
        Assert.Equal(0, offset);
    }

    [Fact]
    public void NeverLeavesTheBlockWhateverItHolds()
    {
        Random random = new(99);
        byte[] bytes = new byte[1024];
        for (int round = 0; round < 3000; round++)
        {
            // Mostly zeros, so that chains get long before they break.
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = i % 12 == 4 ? (byte)12 : random.Next(200) == 0 ? (byte)random.Next(256) : (byte)0;
            }

            if (DirectoryBlock.TryOpen(bytes, true, out DirectoryBlock block) == DirectoryFault.None)
            {
                int sum = 0;
                foreach (DirectoryRecord record in block)
                {
                    sum += record.Length;
                    Assert.True(record.Name.Length <= record.Length - 8);
                }

                Assert.Equal(bytes.Length, sum);
            }
        }
    }

    [Fact]
    public void SearchesSplitsAndJudgesAnIndex()
    {
        byte[] root = new byte[1024];
        DirectoryBlock dots = DirectoryBlock.Format(root, true);
        Assert.Equal(HashTreeFault.NoIndexBlock, HashTreeNode.TryOpenRoot(root, out _));
        _ = dots.Append(dots.Append(0, "."u8, new InodeNumber(2), DirectoryEntryType.Directory), ".."u8, new InodeNumber(2), DirectoryEntryType.Directory);
        HashTreeNode made = HashTreeNode.FormatRoot(root, 1, new FileBlock(1));
        for (uint i = 1; i < 124; i++)
        {
            made.InsertBehind((int)i - 1, i * 10, new FileBlock(i + 1));
        }

        Assert.True(made.IsFull);
        Assert.Equal(HashTreeFault.None, HashTreeNode.TryOpenRoot(root, out HashTreeNode tree));
        Assert.Equal(0, tree.Search(9));
        Assert.Equal(1, tree.Search(10));
        Assert.Equal(123, tree.Search(uint.MaxValue));
        byte[] upper = new byte[1024];
        HashTreeNode node = HashTreeNode.FormatNode(upper, new FileBlock(0));
        node.TakeFrom(tree, 62);
        tree.Truncate(62);
        Assert.Equal(HashTreeFault.None, HashTreeNode.TryOpenNode(upper, out node));
        Assert.Equal((62, 62), (tree.Count, node.Count));
        Assert.Equal(new FileBlock(63), node.BlockAt(0));
        Assert.Equal(630u, node.HashAt(1));

        upper[16] = 0;
        upper[17] = 0;
        Assert.Equal(HashTreeFault.None, HashTreeNode.TryOpenNode(upper, out _));
        upper[8 + 16] = 1;
        upper[8 + 17] = 0;
        Assert.Equal(HashTreeFault.None, HashTreeNode.TryOpenNode(upper, out _));
        upper[8 + 24] = 0;
        upper[8 + 25] = 0;
        Assert.Equal(HashTreeFault.BadOrder, HashTreeNode.TryOpenNode(upper, out _));
        upper[10] = 255;
        Assert.Equal(HashTreeFault.BadCount, HashTreeNode.TryOpenNode(upper, out _));
        upper[8] = 1;
        Assert.Equal(HashTreeFault.BadLimit, HashTreeNode.TryOpenNode(upper, out _));
        HashTreeNode.RootInfo(root).IndirectLevels = 2;
        Assert.Equal(HashTreeFault.TooDeep, HashTreeNode.TryOpenRoot(root, out _));
        HashTreeNode.RootInfo(root).HashVersion = 6;
        Assert.Equal(HashTreeFault.UnknownHash, HashTreeNode.TryOpenRoot(root, out _));
        HashTreeNode.RootInfo(root).InfoLength = 9;
        Assert.Equal(HashTreeFault.BadRootInfo, HashTreeNode.TryOpenRoot(root, out _));
    }
}
