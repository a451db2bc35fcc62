using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// The block tree of an inode: 12 direct pointers, then the single, double and triple indirect block. Depth is bounded by construction; a
/// visitor that lets no indirect block be met twice bounds the width.
/// </summary>
internal sealed class BlockTree
{
    public const int DirectPointers = 12;
    private readonly VolumeStore store;
    private readonly long[] reaches;
    private readonly byte[][] buffers;

    /// <summary>
    /// Where changed indirect blocks go instead of to the device: who may yet find that a block is not the inode's, but another's, must not write there. Null: they are
    /// written at once.
    /// </summary>
    public List<PostponedBlock>? Postponed { get; init; }

    public BlockTree(CheckedVolume volume)
    {
        store = volume.Store;
        long pointersPerBlock = volume.BlockBytes / 4;
        reaches = [1, pointersPerBlock, pointersPerBlock * pointersPerBlock, pointersPerBlock * pointersPerBlock * pointersPerBlock];
        buffers = [new byte[volume.BlockBytes], new byte[volume.BlockBytes], new byte[volume.BlockBytes]];
    }

    /// <summary>Blocks that one pointer of a level stands for.</summary>
    public long Reach(int level) => reaches[level];

    /// <summary>Meets every pointer that is not 0. True: a pointer in the inode itself was changed, and the caller writes the inode.</summary>
    public bool Walk<TVisitor>(InodeView inode, ref TVisitor visitor)
        where TVisitor : struct, IBlockVisitor, allows ref struct
    {
        bool changed = false;
        long index = 0;
        Span<Le32> pointers = inode.Raw.Block;
        for (int slot = 0; slot < pointers.Length; slot++)
        {
            int level = Math.Max(0, slot - DirectPointers + 1);
            uint pointer = pointers[slot];
            if (pointer != 0)
            {
                bool below = visitor.Visit(ref pointer, index, level);
                changed |= Store(ref pointers[slot], pointer);
                if (below && level > 0 && pointer != 0)
                {
                    WalkIndirect(pointer, index, level, ref visitor);
                }
            }
            index += Reach(level);
        }
        return changed;
    }

    private void WalkIndirect<TVisitor>(uint block, long index, int level, ref TVisitor visitor)
        where TVisitor : struct, IBlockVisitor, allows ref struct
    {
        byte[] buffer = buffers[level - 1];
        store.Read(block, buffer);
        bool changed = false;
        long reach = Reach(level - 1);
        Span<Le32> pointers = Overlay.Pointers(buffer);
        for (int slot = 0; slot < pointers.Length; slot++, index += reach)
        {
            uint pointer = pointers[slot];
            if (pointer == 0)
            {
                continue;
            }
            bool below = visitor.Visit(ref pointer, index, level - 1);
            changed |= Store(ref pointers[slot], pointer);
            if (below && level > 1 && pointer != 0)
            {
                // What the level below writes must not overtake the pointer to it when that pointer is new, nor be lost: a changed
                // block is written before anything below it is looked at.
                if (changed && Postponed is null)
                {
                    store.Write(block, buffer);
                    changed = false;
                }
                WalkIndirect(pointer, index, level - 1, ref visitor);
            }
        }
        if (changed && Postponed is not null)
        {
            Postponed.Add(new PostponedBlock(block, [.. buffer]));
        }
        else if (changed)
        {
            store.Write(block, buffer);
        }
    }

    private static bool Store(ref Le32 place, uint pointer)
    {
        if (place == pointer)
        {
            return false;
        }
        place = pointer;
        return true;
    }
}
