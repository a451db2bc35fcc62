using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <content>Shrinking. A block that is met twice ends the walk (it is free the second time), so a circle in a corrupt map ends it too.</content>
internal sealed partial class BlockMap
{
    /// <summary>
    /// Frees the blocks of a file from one up to, and without, another, and indirect blocks that become empty. Of a copy of a record it frees all, and
    /// leaves the indirect blocks as they are: what is dirty of them is still written, for the record that leads to them is too.
    /// <paramref name="afterInode"/>: the record must be on the disk before a pointer goes, for a hole would mean something else than zeros under the record
    /// of before. Errors: EIO, EUCLEAN.
    /// </summary>
    public Errno FreeRange(InodeNumber number, in InodeLease inode, ulong from, ulong end, bool afterInode = false)
    {
        if ((inode.View.Flags & (RawInodeFlags.Extents | RawInodeFlags.InlineData)) != 0)
        {
            return volume.Corrupt(number, BlockNumber.None, "has no block map (extents or inline data)");
        }

        Span<Le32> root = inode.Raw.Block;
        bool isCached = inode.View.Kind != InodeKind.File && !inode.IsCopy;
        inode.MarkDirty();
        if (from < DirectCount)
        {
            Errno error = FreeSlots(number, inode, root[..DirectCount], (int)from, (int)Math.Min(end, DirectCount), isCached);
            if (error != Errno.None)
            {
                return error;
            }
        }

        ulong start = DirectCount;
        for (int depth = 1; depth <= MaximumDepth; depth++)
        {
            ulong span = 1ul << (depth * pointerBits);
            if (from < start + span && end > start && root[DirectCount + depth - 1] != 0)
            {
                var tree = new Subtree(new BlockNumber(root[DirectCount + depth - 1]), depth, start, afterInode);
                Errno error = FreeTree(number, inode, tree, from, end, isCached, out bool isEmpty);
                if (error != Errno.None)
                {
                    return error;
                }

                if (isEmpty)
                {
                    root[DirectCount + depth - 1] = 0;
                }
            }

            start += span;
        }

        return Errno.None;
    }

    private Errno FreeTree(InodeNumber number, in InodeLease inode, Subtree tree, ulong from, ulong end, bool isCached, out bool isEmpty)
    {
        isEmpty = false;
        if (!volume.Geometry.IsDataBlock(tree.Block))
        {
            return volume.Corrupt(number, tree.Block, "points at an indirect block outside the volume");
        }

        Errno error = FreeBelow(number, inode, tree, from, end, isCached, out isEmpty);
        if (error != Errno.None || !isEmpty)
        {
            return error;
        }

        if (!inode.IsCopy)
        {
            volume.Cache.Forget(tree.Block);
        }

        error = volume.Blocks.Free(number, tree.Block, 1);
        if (error == Errno.None)
        {
            CountBlocks(inode, -1);
        }

        return error;
    }

    private Errno FreeBelow(InodeNumber number, in InodeLease inode, Subtree tree, ulong from, ulong end, bool isCached, out bool isEmpty)
    {
        isEmpty = false;
        using BlockLease lease = volume.Cache.Read(tree.Block);
        if (lease.Error != Errno.None)
        {
            return lease.Error;
        }

        Span<Le32> pointers = Overlay.Pointers(lease.Bytes);
        int shift = (tree.Depth - 1) * pointerBits;
        ulong last = end - tree.Start;
        int first = from <= tree.Start ? 0 : (int)((from - tree.Start) >> shift);
        int stop = last >= 1ul << (shift + pointerBits) ? pointers.Length : (int)((last + (1ul << shift) - 1) >> shift);
        Errno error = tree.Depth == 1
            ? FreeSlots(number, inode, pointers, first, stop, isCached)
            : FreeChildren(number, inode, tree, new SlotRange(from, end, first, stop), pointers, isCached);
        isEmpty = error == Errno.None && (inode.IsCopy || IsAllZero(pointers));
        if (!isEmpty && !inode.IsCopy)
        {
            MarkPointers(lease, tree.AfterInode);
        }

        return error;
    }

    private Errno FreeChildren(InodeNumber number, in InodeLease inode, Subtree tree, SlotRange range, Span<Le32> pointers, bool isCached)
    {
        int shift = (tree.Depth - 1) * pointerBits;
        for (int slot = range.First; slot < range.Stop; slot++)
        {
            if (pointers[slot] == 0)
            {
                continue;
            }

            var child = new Subtree(new BlockNumber(pointers[slot]), tree.Depth - 1, tree.Start + ((ulong)slot << shift), tree.AfterInode);
            Errno error = FreeTree(number, inode, child, range.From, range.End, isCached, out bool isEmpty);
            if (error != Errno.None)
            {
                return error;
            }

            if (isEmpty && !inode.IsCopy)
            {
                pointers[slot] = 0;
            }
        }

        return Errno.None;
    }

    private Errno FreeSlots(InodeNumber number, in InodeLease inode, Span<Le32> pointers, int first, int stop, bool isCached)
    {
        int slot = first;
        while (slot < stop)
        {
            uint start = pointers[slot];
            if (start == 0)
            {
                slot++;
                continue;
            }

            int count = 1;
            while (slot + count < stop && pointers[slot + count] == start + (uint)count)
            {
                count++;
            }

            // Directory and symlink blocks live in the cache: what is dirty there must not be written over the block's next use.
            for (int i = 0; isCached && i < count; i++)
            {
                volume.Cache.Forget(new BlockNumber(start + (uint)i));
            }

            Errno error = volume.Blocks.Free(number, new BlockNumber(start), (uint)count);
            if (error != Errno.None)
            {
                return error;
            }

            if (!inode.IsCopy)
            {
                pointers.Slice(slot, count).Clear();
            }

            CountBlocks(inode, -count);
            slot += count;
        }

        return Errno.None;
    }

    private static bool IsAllZero(ReadOnlySpan<Le32> pointers)
    {
        foreach (Le32 pointer in pointers)
        {
            if (pointer != 0)
            {
                return false;
            }
        }

        return true;
    }

    // An indirect block, its height above the data, the first block of the file that it reaches, and whether it is written after the inode.
    private readonly record struct Subtree(BlockNumber Block, int Depth, ulong Start, bool AfterInode);

    // Blocks of the file to free, and the slots of the indirect block at hand that they touch.
    private readonly record struct SlotRange(ulong From, ulong End, int First, int Stop);
}
