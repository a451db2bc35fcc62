using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Puts blocks into the map of an inode. Indirect blocks are written before the pointer that leads to them; the inode itself is the caller's to
/// write, last.
/// </summary>
internal sealed class BlockMapWriter(CheckedVolume volume, InodeFacts facts)
{
    private readonly int perBlock = volume.BlockBytes / 4;
    private readonly byte[] buffer = new byte[volume.BlockBytes];

    /// <summary>Indirect blocks taken since <see cref="Begin"/>; to be given back when the change is given up.</summary>
    public List<uint> Taken { get; } = [];

    public void Begin() => Taken.Clear();

    /// <summary>Sets the block at an index of the file. False: no free block for the tree.</summary>
    public bool Set(InodeView view, uint index, uint block)
    {
        Span<Le32> roots = view.Raw.Block;
        if (index < BlockTree.DirectPointers)
        {
            roots[(int)index] = block;
            return true;
        }
        long rest = index - BlockTree.DirectPointers;
        int level = 1;
        long reach = perBlock;
        while (rest >= reach)
        {
            rest -= reach;
            reach *= perBlock;
            level++;
        }
        ref Le32 root = ref roots[BlockTree.DirectPointers + level - 1];
        uint holder = root;
        if (holder == 0)
        {
            holder = TakeEmpty();
            if (holder == 0)
            {
                return false;
            }
            root = holder;
        }
        return SetBelow(holder, level, rest, reach / perBlock, block);
    }

    private bool SetBelow(uint holder, int level, long rest, long reach, uint block)
    {
        while (true)
        {
            volume.Store.Read(holder, buffer);
            int slot = (int)(rest / reach);
            rest %= reach;
            if (level == 1)
            {
                Overlay.Pointers(buffer)[slot] = block;
                volume.Store.Write(holder, buffer);
                return true;
            }
            uint next = Overlay.Pointers(buffer)[slot];
            if (next == 0)
            {
                next = TakeEmpty();
                if (next == 0)
                {
                    return false;
                }
                volume.Store.Read(holder, buffer);
                Overlay.Pointers(buffer)[slot] = next;
                volume.Store.Write(holder, buffer);
            }
            holder = next;
            reach /= perBlock;
            level--;
        }
    }

    private uint TakeEmpty()
    {
        uint block = facts.Allocate();
        if (block != 0)
        {
            Taken.Add(block);
            Array.Clear(buffer);
            volume.Store.Write(block, buffer);
        }
        return block;
    }
}
