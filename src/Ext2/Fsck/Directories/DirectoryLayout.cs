using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;

namespace Ext2Union.Ext2.Fsck;

/// <summary>The blocks of a directory that is written anew: one linear block, or an index root, its nodes and leaves filled to four fifths.</summary>
internal sealed class DirectoryLayout(CheckedVolume volume, uint inode, uint parent, uint dotDot)
{
    // Room for new names, so that the first ones to come do not split every leaf.
    private const int FillNumerator = 4;
    private const int FillDenominator = 5;
    private readonly int size = volume.BlockBytes;
    private readonly bool hasFileType = volume.HasFileType;

    public List<byte[]> Build(NameList names, bool mayIndex, out bool isIndexed)
    {
        List<byte[]>? linear = BuildLinear(names, mayIndex ? 1 : int.MaxValue);
        isIndexed = linear is null;
        List<byte[]>? indexed = isIndexed ? BuildIndexed(names) : null;
        isIndexed = indexed is not null;
        return linear ?? indexed ?? BuildLinear(names, int.MaxValue)!;
    }

    // Null: more blocks are needed than allowed.
    private List<byte[]>? BuildLinear(NameList names, int most)
    {
        var blocks = new List<byte[]> { new byte[size] };
        DirectoryBlock current = BeginWithDots(blocks[0], out int last);
        foreach (NamedRecord record in names.Records)
        {
            if (current.TryAppendLast(ref last, record.Name, new InodeNumber(record.Inode), record.Type))
            {
                continue;
            }
            if (blocks.Count == most)
            {
                return null;
            }
            blocks.Add(new byte[size]);
            current = DirectoryBlock.Format(blocks[^1], hasFileType);
            last = 0;
            _ = current.TryAppendLast(ref last, record.Name, new InodeNumber(record.Inode), record.Type);
        }
        return blocks;
    }

    private DirectoryBlock BeginWithDots(byte[] bytes, out int last) =>
        DotRecords.Format(bytes, hasFileType, inode, dotDot != 0 ? dotDot : parent, out last);

    // Root, nodes (if any), leaves, in this order. Null: too many names for the two levels that ext2 has.
    private List<byte[]>? BuildIndexed(NameList names)
    {
        var hashes = new List<uint>();
        List<byte[]> leaves = BuildLeaves(names, hashes);
        int rootLimit = HashTreeNode.LimitOf(size, true);
        int nodeLimit = HashTreeNode.LimitOf(size, false);
        int nodeCount = leaves.Count <= rootLimit ? 0 : (leaves.Count + nodeLimit - 1) / nodeLimit;
        if (nodeCount > rootLimit)
        {
            return null;
        }
        byte[] root = new byte[size];
        _ = BeginWithDots(root, out _);
        HashTreeNode entries = HashTreeNode.FormatRoot(root, names.Hash.StoredVersion, new FileBlock(1));
        var blocks = new List<byte[]> { root };
        if (nodeCount == 0)
        {
            Fill(entries, hashes, 0, leaves.Count, 1);
            blocks.AddRange(leaves);
            return blocks;
        }
        HashTreeNode.RootInfo(root).IndirectLevels = 1;
        for (int node = 0; node < nodeCount; node++)
        {
            int first = node * nodeLimit;
            byte[] bytes = new byte[size];
            HashTreeNode inner = HashTreeNode.FormatNode(bytes, new FileBlock((uint)(1 + nodeCount + first)));
            Fill(inner, hashes, first, Math.Min(nodeLimit, leaves.Count - first), (uint)(1 + nodeCount));
            if (node > 0)
            {
                entries.InsertBehind(node - 1, hashes[first], new FileBlock((uint)(1 + node)));
            }
            blocks.Add(bytes);
        }
        blocks.AddRange(leaves);
        return blocks;
    }

    private static void Fill(HashTreeNode node, List<uint> hashes, int first, int count, uint firstLeafBlock)
    {
        for (int i = 1; i < count; i++)
        {
            node.InsertBehind(i - 1, hashes[first + i], new FileBlock((uint)(firstLeafBlock + first + i)));
        }
    }

    private List<byte[]> BuildLeaves(NameList names, List<uint> hashes)
    {
        var leaves = new List<byte[]>();
        DirectoryBlock current = default;
        int last = 0;
        int used = size;
        uint previous = 0;
        foreach (NamedRecord record in names.Records)
        {
            int needed = RecordLength.Needed(record.Name.Length);
            if (used + needed > size * FillNumerator / FillDenominator)
            {
                leaves.Add(new byte[size]);
                current = DirectoryBlock.Format(leaves[^1], hasFileType);
                hashes.Add(record.Major | (leaves.Count > 1 && record.Major == previous ? 1u : 0));
                (last, used) = (0, 0);
            }
            _ = current.TryAppendLast(ref last, record.Name, new InodeNumber(record.Inode), record.Type);
            used += needed;
            previous = record.Major;
        }
        return leaves;
    }
}
