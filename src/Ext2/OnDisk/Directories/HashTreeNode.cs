using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk.Directories;

/// <summary>
/// The entries of an index block whose limit, count and order have been proved: the root (first block of the directory, <c>struct dx_root</c>) or a node
/// (<c>struct dx_node</c>). Block numbers are not proved: whoever follows one compares it with the directory's length.
/// </summary>
public readonly ref struct HashTreeNode
{
    /// <summary>Most levels of nodes between root and leaves without the large_dir feature.</summary>
    public const int MaximumLevels = 1;

    private const int DotBytes = 12;
    private const int InfoOffset = 2 * DotBytes;
    private const int RootEntriesOffset = InfoOffset + HashTreeRootInfo.Bytes;
    private const int NodeEntriesOffset = RecordLength.HeaderBytes;
    private const uint BlockMask = 0x0FFFFFFF;

    private readonly Span<HashTreeEntry> entries;

    private HashTreeNode(Span<HashTreeEntry> entries) => this.entries = entries;

    /// <summary>Entries that fit.</summary>
    public int Limit => entries.Length;

    /// <summary>Entries in use, at least one.</summary>
    public int Count => Limits(entries).Count;

    /// <summary>Whether no entry fits any more.</summary>
    public bool IsFull => Count >= Limit;

    /// <summary>What the root says about the index. Requires: the first block of a directory.</summary>
    public static ref HashTreeRootInfo RootInfo(Span<byte> block) =>
        ref MemoryMarshal.AsRef<HashTreeRootInfo>(block.Slice(InfoOffset, HashTreeRootInfo.Bytes));

    /// <summary>Entries that fit into the root, or into a node, of this block size.</summary>
    public static int LimitOf(int blockSize, bool isRoot) => (blockSize - (isRoot ? RootEntriesOffset : NodeEntriesOffset)) / HashTreeEntry.Bytes;

    /// <summary>Proves the first block of an indexed directory and opens its entries.</summary>
    public static HashTreeFault TryOpenRoot(Span<byte> block, out HashTreeNode root)
    {
        root = default;
        if (!BeginsWithDots(block))
        {
            return HashTreeFault.NoIndexBlock;
        }

        ref readonly HashTreeRootInfo info = ref RootInfo(block);
        if (info.ReservedZero != 0 || info.InfoLength != HashTreeRootInfo.Bytes || (info.UnusedFlags & 1) != 0)
        {
            return HashTreeFault.BadRootInfo;
        }

        if (info.HashVersion > (byte)NameHashVersion.Tea)
        {
            return HashTreeFault.UnknownHash;
        }

        return info.IndirectLevels > MaximumLevels ? HashTreeFault.TooDeep : TryOpen(block, true, out root);
    }

    /// <summary>Proves an index node and opens its entries.</summary>
    public static HashTreeFault TryOpenNode(Span<byte> block, out HashTreeNode node)
    {
        node = default;
        ref readonly DirectoryRecordHeader header = ref MemoryMarshal.AsRef<DirectoryRecordHeader>(block);
        if (header.Inode != 0 || header.NameLength != 0 || RecordLength.Decode(header.Length, block.Length) != block.Length)
        {
            return HashTreeFault.NoIndexBlock;
        }

        return TryOpen(block, false, out node);
    }

    /// <summary>Opens a block that was proved before and has been changed only through this type since.</summary>
    public static HashTreeNode OpenProved(Span<byte> block, bool isRoot) => new(EntriesOf(block, isRoot));

    /// <summary>Whether "." and ".." lie where a root has them, so that <see cref="FormatRoot"/> may follow. Requires: a sound record chain.</summary>
    public static bool MayBecomeRoot(Span<byte> block)
    {
        DirectoryBlock records = DirectoryBlock.OpenProved(block, false);
        DirectoryRecord dot = records.At(0);
        if (dot.Inode.IsNone || dot.Length != DotBytes || !dot.Name.SequenceEqual("."u8))
        {
            return false;
        }

        DirectoryRecord dots = records.At(DotBytes);
        return !dots.Inode.IsNone && dots.Name.SequenceEqual(".."u8);
    }

    /// <summary>
    /// Turns a first block into the root of an index with one leaf. "." stays as it is, ".." grows over the rest of the block; so a reader
    /// that does not know the index sees two entries.
    /// </summary>
    public static HashTreeNode FormatRoot(Span<byte> block, byte hashVersion, FileBlock leaf)
    {
        block[InfoOffset..].Clear();
        MemoryMarshal.AsRef<DirectoryRecordHeader>(block[DotBytes..]).Length = RecordLength.Encode(block.Length - DotBytes, block.Length);
        ref HashTreeRootInfo info = ref RootInfo(block);
        info.HashVersion = hashVersion;
        info.InfoLength = HashTreeRootInfo.Bytes;
        return Format(block, true, leaf);
    }

    /// <summary>Makes a block an index node with one entry. A reader that does not know the index sees one free record.</summary>
    public static HashTreeNode FormatNode(Span<byte> block, FileBlock first)
    {
        block.Clear();
        MemoryMarshal.AsRef<DirectoryRecordHeader>(block).Length = RecordLength.Encode(block.Length, block.Length);
        return Format(block, false, first);
    }

    /// <summary>The hash of an entry with its continuation bit; that of the first is 0.</summary>
    public uint HashAt(int index) => index == 0 ? 0 : entries[index].Hash.Value;

    /// <summary>The block of an entry.</summary>
    public FileBlock BlockAt(int index) => new(entries[index].Block & BlockMask);

    /// <summary>The last entry whose hash is not above <paramref name="hash"/> (<c>dx_probe</c>).</summary>
    public int Search(uint hash)
    {
        int low = 1;
        int high = Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (entries[middle].Hash > hash)
            {
                high = middle - 1;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low - 1;
    }

    /// <summary>Puts an entry behind another. Requires: not <see cref="IsFull"/>.</summary>
    public void InsertBehind(int index, uint hash, FileBlock block)
    {
        int count = Count;
        entries[(index + 1)..count].CopyTo(entries[(index + 2)..]);
        entries[index + 1].Hash = hash;
        entries[index + 1].Block = block.Value;
        Limits(entries).Count = (ushort)(count + 1);
    }

    /// <summary>Lets an entry lead to another block; used when a level is put in between.</summary>
    public void SetBlock(int index, FileBlock block) => entries[index].Block = block.Value;

    /// <summary>Drops all entries from an index on. Requires: at least one stays.</summary>
    public void Truncate(int count) => Limits(entries).Count = (ushort)count;

    /// <summary>
    /// Takes over the entries of another block from an index on: this one then holds just those. The hash that the first of them had is lost here and must
    /// stand in the level above. Requires: they fit.
    /// </summary>
    public void TakeFrom(HashTreeNode other, int from)
    {
        Span<HashTreeEntry> taken = other.entries[from..other.Count];
        HashTreeLimits limits = Limits(entries);
        taken.CopyTo(entries);
        limits.Count = (ushort)taken.Length;
        Limits(entries) = limits;
    }

    private static HashTreeFault TryOpen(Span<byte> block, bool isRoot, out HashTreeNode node)
    {
        Span<HashTreeEntry> entries = EntriesOf(block, isRoot);
        node = default;
        HashTreeLimits limits = Limits(entries);
        if (limits.Limit != entries.Length)
        {
            return HashTreeFault.BadLimit;
        }

        if (limits.Count < 1 || limits.Count > limits.Limit)
        {
            return HashTreeFault.BadCount;
        }

        uint previous = 0;
        for (int i = 1; i < limits.Count; i++)
        {
            uint hash = entries[i].Hash;
            // A leaf that begins with the hash of the one before must say that it continues it.
            if ((hash & ~1u) < (previous & ~1u) || (i > 1 && (hash & ~1u) == (previous & ~1u) && (hash & 1) == 0))
            {
                return HashTreeFault.BadOrder;
            }

            previous = hash;
        }

        node = new HashTreeNode(entries);
        return HashTreeFault.None;
    }

    private static HashTreeNode Format(Span<byte> block, bool isRoot, FileBlock first)
    {
        Span<HashTreeEntry> entries = EntriesOf(block, isRoot);
        Limits(entries) = new HashTreeLimits { Limit = (ushort)entries.Length, Count = 1 };
        entries[0].Block = first.Value;
        return new HashTreeNode(entries);
    }

    private static bool BeginsWithDots(Span<byte> block)
    {
        ref readonly DirectoryRecordHeader dot = ref MemoryMarshal.AsRef<DirectoryRecordHeader>(block);
        ref readonly DirectoryRecordHeader dots = ref MemoryMarshal.AsRef<DirectoryRecordHeader>(block[DotBytes..]);
        return dot.Inode != 0 && dot.Length == DotBytes && dot.NameLength == 1 && block[RecordLength.HeaderBytes] == '.'
            && dots.Inode != 0 && dots.NameLength == 2 && block.Slice(DotBytes + RecordLength.HeaderBytes, 2).SequenceEqual(".."u8)
            && RecordLength.Decode(dots.Length, block.Length) == block.Length - DotBytes;
    }

    private static Span<HashTreeEntry> EntriesOf(Span<byte> block, bool isRoot) =>
        MemoryMarshal.Cast<byte, HashTreeEntry>(block[(isRoot ? RootEntriesOffset : NodeEntriesOffset)..]);

    private static ref HashTreeLimits Limits(Span<HashTreeEntry> entries) => ref MemoryMarshal.AsRef<HashTreeLimits>(MemoryMarshal.AsBytes(entries));
}
