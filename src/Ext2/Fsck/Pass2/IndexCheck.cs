using Ext2Union.Ext2.OnDisk.Directories;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// The hash index of one directory: every block but the root is met exactly once, and names lie in the leaf that their hash leads to. Sixteen bytes
/// a block of the directory.
/// </summary>
internal sealed class IndexCheck(CheckedVolume volume)
{
    private readonly byte[] root = new byte[volume.BlockBytes];
    private readonly byte[] node = new byte[volume.BlockBytes];
    private readonly NameHash volumeHash = NameHash.Of(volume.Superblock);
    private Range[] ranges = [];
    private NameHash hash;

    private enum Role : byte
    {
        None,
        Root,
        Node,
        Leaf,
    }

    /// <summary>What is wrong, or null so far.</summary>
    public string? Fault { get; private set; }

    /// <summary>Root or nodes are wrong in themselves; otherwise they lead elsewhere than to the names.</summary>
    public bool IsUnreadable { get; private set; }

    /// <summary>Walks the index from its root.</summary>
    public void Begin(uint[] blocks)
    {
        Fault = null;
        IsUnreadable = false;
        ranges = new Range[blocks.Length];
        if (blocks[0] == 0)
        {
            Fault = "no root";
            return;
        }
        volume.Store.Read(blocks[0], root);
        HashTreeFault fault = HashTreeNode.TryOpenRoot(root, out HashTreeNode entries);
        if (fault != HashTreeFault.None || !volumeHash.TryWithVersion(HashTreeNode.RootInfo(root).HashVersion, out hash))
        {
            Fault = fault.ToString();
            IsUnreadable = true;
            return;
        }
        ranges[0].Role = Role.Root;
        int levels = HashTreeNode.RootInfo(root).IndirectLevels;
        for (int i = 0; i < entries.Count && Fault is null; i++)
        {
            uint? above = i + 1 < entries.Count ? entries.HashAt(i + 1) : null;
            Meet(blocks, entries.BlockAt(i).Value, entries.HashAt(i), above, levels);
        }
        if (Fault is null && Array.Exists(ranges, range => range.Role == Role.None))
        {
            Fault = "a block that the index does not lead to";
        }
    }

    /// <summary>A name in use, met in a block of the directory.</summary>
    public void Meet(uint index, ReadOnlySpan<byte> name)
    {
        if (Fault is not null || ranges[index].Role == Role.Root)
        {
            return;
        }
        ref Range range = ref ranges[index];
        uint value = hash.Compute(name);
        // A bound of 0 is one that damage set; it holds names of no hash at all.
        bool isAtEnd = range.Above is uint end && value == end && range.Role == Role.Leaf;
        bool isAbove = range.Above is uint above && (value > (above & ~1u) || isAtEnd);
        if (range.Role != Role.Leaf || value < (range.Low & ~1u) || isAbove)
        {
            Fault = isAtEnd ? "a name at the end of its leaf" : "a name in the wrong leaf";
        }
    }

    private void Meet(uint[] blocks, uint index, uint low, uint? above, int levels)
    {
        if (index == 0 || index >= blocks.Length || blocks[index] == 0 || ranges[index].Role != Role.None)
        {
            Fault = "a pointer that cannot be";
            return;
        }
        ranges[index] = new Range { Role = levels == 0 ? Role.Leaf : Role.Node, Low = low, Above = above };
        if (levels == 0)
        {
            return;
        }
        volume.Store.Read(blocks[index], node);
        HashTreeFault fault = HashTreeNode.TryOpenNode(node, out HashTreeNode entries);
        if (fault != HashTreeFault.None)
        {
            Fault = fault.ToString();
            IsUnreadable = fault != HashTreeFault.NoIndexBlock;
            return;
        }
        for (int i = 0; i < entries.Count && Fault is null; i++)
        {
            uint first = i == 0 ? low : entries.HashAt(i);
            uint? next = i + 1 < entries.Count ? entries.HashAt(i + 1) : above;
            if ((first & ~1u) < (low & ~1u) || (above is not null && next > above))
            {
                Fault = "hashes outside their node";
                IsUnreadable = true;
                return;
            }
            Meet(blocks, entries.BlockAt(i).Value, first, next, 0);
        }
    }

    private struct Range
    {
        public Role Role;
        public uint Low;
        /// <summary>Null: no bound.</summary>
        public uint? Above;
    }
}
