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

    private readonly BlockTree tree = new(volume);
    // Asked of every block, and made by a loop.
    private readonly long maximumFileBytes = volume.Geometry.MaximumFileBytes;
    private readonly List<BlockRun> runs = [];
    private readonly HashSet<uint> indirect = [];
    private uint inode;
    private InodeKind kind;
    private uint previous;
    private int illegal;

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
        (inode, kind, previous, illegal) = (number, view.Kind, 0, 0);
        (Count, DataCount, LastIndex, IsFragmented, IsHopeless, FirstBlock) = (0, 0, -1, false, false, 0);
        var visitor = new Visitor(this);
        return tree.Walk(view, ref visitor);
    }

    /// <summary>Marks all that was met as used.</summary>
    public void Use(InodeFacts facts)
    {
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
        if (FindFault(pointer, index, level) is { } problem)
        {
            return Refuse(problem, ref pointer, level == 0 ? index : -level);
        }
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
        // A file's data may lie over metadata: pass 1b copies it away. A directory or an indirect block there would be believed.
        if ((level > 0 || kind == InodeKind.Directory) && volume.IsMetadata(pointer))
        {
            return InodeProblems.OverlapsMetadata;
        }
        if (level > 0 && !indirect.Add(pointer))
        {
            return InodeProblems.IndirectTwice;
        }
        bool tooLong = kind == InodeKind.Directory
            ? index > (1 << 21) >> (volume.Geometry.BlockBits - 10)
            : kind == InodeKind.File && level == 0 && (index << volume.Geometry.BlockBits) >= maximumFileBytes;
        return tooLong ? InodeProblems.TooLong : null;
    }

    private bool Refuse(Problem problem, ref uint pointer, long index)
    {
        if (inode != 1 && ++illegal >= IllegalLimit && illegal % IllegalLimit == 0
            && reporter.Raise(InodeProblems.TooManyIllegal, new Place { Inode = inode }))
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
