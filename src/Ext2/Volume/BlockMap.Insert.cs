using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <content>Growing: blocks that were allocated, and whose data was written, become part of the file.</content>
internal sealed partial class BlockMap
{
    /// <summary>
    /// Puts blocks into a hole of a file, making indirect blocks as needed, and counts them in i_blocks. <paramref name="inserted"/> tells how many
    /// became part of the file; the rest still belongs to the caller. Errors: ENOSPC, EIO, EUCLEAN.
    /// </summary>
    public Errno Insert(InodeNumber number, in InodeLease inode, FileBlock at, BlockRun run, out uint inserted)
    {
        uint ahead = 0;
        return Insert(number, inode, at, run, ref ahead, out inserted);
    }

    /// <summary>
    /// The same, with indirect blocks from those that were allocated right before the run; <paramref name="ahead"/> tells how many of them there are, and
    /// then how many are still the caller's.
    /// </summary>
    public Errno Insert(InodeNumber number, in InodeLease inode, FileBlock at, BlockRun run, ref uint ahead, out uint inserted)
    {
        inserted = 0;
        while (inserted < run.Count)
        {
            FileBlock place = at + inserted;
            Errno error;
            uint count;
            if (place.Value < DirectCount)
            {
                Span<Le32> direct = inode.Raw.Block;
                count = Fill(direct[..DirectCount], (int)place.Value, run, inserted);
                error = Errno.None;
            }
            else
            {
                error = InsertInLeaf(number, inode, place, run, inserted, ref ahead, out count);
            }

            if (error != Errno.None)
            {
                return error;
            }

            inserted += count;
            CountBlocks(inode, (int)count);
        }

        return Errno.None;
    }

    private Errno InsertInLeaf(InodeNumber number, in InodeLease inode, FileBlock place, BlockRun run, uint inserted, ref uint ahead, out uint count)
    {
        count = 0;
        int depth = DepthOf(place, out ulong index);
        if (depth > MaximumDepth)
        {
            return Errno.EFBIG;
        }

        Span<Le32> root = inode.Raw.Block;
        Errno error = Descend(number, inode, ref root[DirectCount + depth - 1], run, ref ahead, out BlockLease lease, out _);
        while (error == Errno.None && --depth > 0)
        {
            int shift = depth * pointerBits;
            Span<Le32> pointers = Overlay.Pointers(lease.Bytes);
            error = Descend(number, inode, ref pointers[(int)(index >> shift)], run, ref ahead, out BlockLease child, out bool isNew);
            if (isNew)
            {
                MarkPointers(lease);
            }

            lease.Dispose();
            lease = child;
            index &= (1ul << shift) - 1;
        }

        if (error == Errno.None)
        {
            count = Fill(Overlay.Pointers(lease.Bytes), (int)index, run, inserted);
            MarkPointers(lease);
            lease.Dispose();
        }

        return error;
    }

    // The indirect block that a pointer leads to; a new one where it leads nowhere: the next of those before the data, else one behind it.
    private Errno Descend(
        InodeNumber number, in InodeLease inode, ref Le32 pointer, BlockRun data, ref uint ahead, out BlockLease lease, out bool isNew)
    {
        var block = new BlockNumber(pointer);
        isNew = block.IsNone;
        lease = default;
        if (isNew)
        {
            var own = new BlockNumber(data.Start.Value - ahead);
            if (ahead > 0)
            {
                ahead--;
            }
            else
            {
                Errno error = volume.Blocks.Allocate(number, data.Start + data.Count, 1, out BlockRun run);
                if (error != Errno.None)
                {
                    return error;
                }

                own = run.Start;
            }

            lease = volume.Cache.Create(own);
            lease.MarkDirty(WriteStage.Referenced);
            pointer = own.Value;
            CountBlocks(inode, 1);
            return Errno.None;
        }

        if (!volume.Geometry.IsDataBlock(block))
        {
            return volume.Corrupt(number, block, "points at an indirect block outside the volume");
        }

        lease = volume.Cache.Read(block);
        return lease.Error;
    }

    private static uint Fill(Span<Le32> pointers, int slot, BlockRun run, uint done)
    {
        uint count = Math.Min(run.Count - done, (uint)(pointers.Length - slot));
        for (uint i = 0; i < count; i++)
        {
            pointers[slot + (int)i] = run.Start.Value + done + i;
        }

        return count;
    }

    // An indirect block of this epoch is written before the inode that reaches it. One that the disk reaches already must not point at data that
    // is not there: it goes with the inodes, behind the barrier that makes the data durable.
    private static void MarkPointers(in BlockLease lease, bool afterInode = false)
    {
        if (afterInode && !lease.IsDirtyAt(WriteStage.Referenced))
        {
            lease.MarkDirty(WriteStage.Names);
        }
        else if (!lease.IsDirty)
        {
            lease.MarkDirty(WriteStage.Inodes);
        }
    }

    private void CountBlocks(in InodeLease inode, int count)
    {
        long units = inode.Raw.Blocks512 + ((long)count << (volume.Geometry.BlockBits - 9));
        inode.Raw.Blocks512 = (uint)Math.Clamp(units, 0, uint.MaxValue);
        inode.MarkDirty();
    }
}
