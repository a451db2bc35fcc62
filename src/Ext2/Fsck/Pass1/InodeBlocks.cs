using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Walks the blocks of one inode, repairs pointers that cannot be, and remembers the rest as runs. The blocks are marked as used only when the
/// caller has decided to keep the inode, so a cleared inode leaves no trace.
/// </summary>
internal sealed class InodeBlocks(CheckedVolume volume, Reporter reporter)
{
    // As many as e2fsck forgives before it thinks that the whole map is garbage.
    private const int IllegalLimit = 12;
    private const int ChildrenLookedAt = 4;

    // What a wrong number leads to may be another's: its bytes, taken for numbers, are not to be repaired.
    private readonly BlockTree tree = new(volume) { Postponed = [] };
    // Asked of every block, and made by a loop.
    private readonly long maximumFileBytes = volume.Geometry.MaximumFileBytes;
    private readonly List<BlockRun> runs = [];
    private readonly HashSet<uint> indirect = [];
    private readonly byte[] buffer = new byte[volume.BlockBytes];
    private uint inode;
    private uint resizeRoot;
    private InodeKind kind;
    private uint previous;
    private int illegal;
    // Up to this block of the file the map is not to be touched: it lies below an indirect block that is the volume's own until pass 1b has copied it.
    private long untouchedEnd;

    /// <summary>Blocks owned, indirect ones included.</summary>
    public long Count { get; private set; }

    /// <summary>Blocks of data alone.</summary>
    public long DataCount { get; private set; }

    /// <summary>Highest block within the file; -1 when there is none.</summary>
    public long LastIndex { get; private set; }

    public bool IsFragmented { get; private set; }

    /// <summary>The blocks are data without a hole, one behind the other.</summary>
    public bool IsRun => runs.Count == 1 && DataCount == Count && LastIndex + 1 == Count;

    /// <summary>The map is garbage and the inode is to be cleared.</summary>
    public bool IsHopeless { get; private set; }

    public uint FirstBlock { get; private set; }

    /// <summary>Walks. True: pointers in the inode itself were changed.</summary>
    public bool Walk(uint number, InodeView view)
    {
        runs.Clear();
        indirect.Clear();
        tree.Postponed!.Clear();
        (inode, kind, previous, illegal, untouchedEnd) = (number, view.Kind, 0, 0, 0);
        (Count, DataCount, LastIndex, IsFragmented, IsHopeless, FirstBlock) = (0, 0, -1, false, false, 0);
        // What keeps its place gives way to no list of bad blocks.
        resizeRoot = number == 1 && volume.Has(CompatFeatures.ResizeInode) ? new InodeView(volume.ReadInode(ResizeInodeNumber)).Raw.Block[13] : 0;
        var visitor = new Visitor(this);
        return tree.Walk(view, ref visitor);
    }

    /// <summary>Marks all that was met as used; what was repaired in indirect blocks is written when it is known that they are nobody else's.</summary>
    public void Use(InodeFacts facts)
    {
        (inode == 1 ? facts.PostponedBadBlocks : facts.Postponed).AddRange(tree.Postponed!);
        foreach (BlockRun run in runs)
        {
            facts.Use(run);
        }
    }

    private bool Visit(ref uint pointer, long index, int level)
    {
        if (IsHopeless)
        {
            return false;
        }
        // e2fsck's measure, so that the figures agree: any step that is not to the next block counts once for the file.
        if (previous != 0 && previous + 1 != pointer && inode != ResizeInodeNumber)
        {
            IsFragmented = true;
        }
        previous = pointer;
        if (index < untouchedEnd)
        {
            return volume.IsLegal(pointer) && Take(pointer, index, level) && (level == 0 || indirect.Add(pointer));
        }
        if (FindFault(pointer, index, level) is { } problem)
        {
            return Refuse(problem, ref pointer, level == 0 ? index : -level);
        }
        if (level > 0 && volume.IsMetadata(pointer))
        {
            untouchedEnd = index + tree.Reach(level);
        }
        // Of a second use pass 1b makes a copy; what lies below it was met.
        return Take(pointer, index, level) && (level == 0 || indirect.Add(pointer));
    }

    private bool Take(uint pointer, long index, int level)
    {
        if (level == 0)
        {
            LastIndex = index;
            DataCount++;
            FirstBlock = FirstBlock == 0 ? pointer : FirstBlock;
        }
        Count++;
        Remember(pointer);
        return true;
    }

    private const uint ResizeInodeNumber = 7;

    private Problem? FindFault(uint pointer, long index, int level)
    {
        if (!volume.IsLegal(pointer))
        {
            return inode == 1 ? InodeProblems.BadBlocksPointer : InodeProblems.IllegalBlock;
        }
        // What the list leads through must look like a list, and gives way to what keeps its place.
        if (inode == 1 && (IsEssential(pointer) || pointer == resizeRoot || (level == 0 && indirect.Contains(pointer))
            || (level > 0 && (volume.IsMetadata(pointer) || IsGarbage(pointer, level)))))
        {
            return InodeProblems.BadBlocksPointer;
        }
        // Data may lie over metadata: pass 1b copies it away, and pass 2 finds what in it is no directory. So may an indirect block when it can be one: then it is what
        // was put there wrongly that is the metadata. A directory needs no second copy of the same names.
        if (level > 0 && volume.IsMetadata(pointer) && !IsMap(pointer, level))
        {
            return InodeProblems.OverlapsMetadata;
        }
        if (level > 0 && indirect.Contains(pointer) && (kind == InodeKind.Directory || !IsMap(pointer, level)))
        {
            return InodeProblems.IndirectTwice;
        }
        bool tooLong = kind == InodeKind.Symlink
            ? index > 0 || level > 0
            : kind == InodeKind.Directory
            ? level == 0 && index > (1 << 21) >> (volume.Geometry.BlockBits - 10)
            : kind == InodeKind.File && level == 0 && (index << volume.Geometry.BlockBits) >= maximumFileBytes;
        return tooLong ? InodeProblems.TooLong : null;
    }

    // What the volume cannot do without; a backup on a bad block is only a backup less.
    private bool IsEssential(uint block)
    {
        uint group = volume.Geometry.GroupOf(new BlockNumber(block));
        bool isBackup = group > 0 && block - volume.Geometry.FirstBlockOf(group).Value < volume.Geometry.HeaderBlocks(group);
        return !isBackup && volume.IsMetadata(block);
    }

    private bool IsGarbage(uint block, int level)
    {
        volume.Store.Read(block, buffer);
        Span<uint> below = stackalloc uint[ChildrenLookedAt];
        int legal = 0, impossible = 0;
        foreach (uint number in Overlay.Pointers(buffer))
        {
            bool isLegal = volume.IsLegal(number);
            if (isLegal && legal < below.Length)
            {
                below[legal] = number;
            }
            legal += isLegal ? 1 : 0;
            impossible += number != 0 && !isLegal ? 1 : 0;
        }
        bool isGarbage = impossible > legal;
        for (int child = 0; child < Math.Min(legal, below.Length) && level > 1 && !isGarbage; child++)
        {
            isGarbage = IsGarbage(below[child], level - 1);
        }
        return isGarbage;
    }

    // Whether a block can be an indirect one of a level: some numbers, none that is no block's, and so on below the first of them.
    private bool IsMap(uint block, int level)
    {
        volume.Store.Read(block, buffer);
        Span<uint> below = stackalloc uint[ChildrenLookedAt];
        int count = 0;
        foreach (uint number in Overlay.Pointers(buffer))
        {
            if (number != 0 && !volume.IsLegal(number))
            {
                return false;
            }
            if (number != 0 && count < below.Length)
            {
                below[count++] = number;
            }
        }
        for (int child = 0; child < count && level > 1; child++)
        {
            if (!IsMap(below[child], level - 1))
            {
                return false;
            }
        }
        return count > 0;
    }

    private bool Refuse(Problem problem, ref uint pointer, long index)
    {
        // Numbers of the volume's own blocks are no nonsense: they may be what lies in a block that one wrong number led to.
        bool isNonsense = problem != InodeProblems.OverlapsMetadata && problem != InodeProblems.IndirectTwice;
        illegal += isNonsense ? 1 : 0;
        if (inode != 1 && isNonsense && illegal % IllegalLimit == 0 && reporter.Raise(InodeProblems.TooManyIllegal, new Place { Inode = inode }))
        {
            IsHopeless = true;
            return false;
        }
        if (reporter.Raise(problem, new Place { Inode = inode, Block = pointer, Index = index }))
        {
            previous = 0;
            pointer = 0;
        }
        return false;
    }

    private void Remember(uint block)
    {
        if (runs.Count > 0 && runs[^1].Start + runs[^1].Count == block)
        {
            runs[^1] = new BlockRun(runs[^1].Start, runs[^1].Count + 1);
        }
        else
        {
            runs.Add(new BlockRun(block, 1));
        }
    }

    private readonly struct Visitor(InodeBlocks owner) : IBlockVisitor
    {
        public bool Visit(ref uint pointer, long index, int level) => owner.Visit(ref pointer, index, level);
    }
}
