using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <summary>
/// Where the blocks of a file lie: twelve direct numbers in the inode, then one, two and three levels of indirect blocks (kernel
/// <c>ext2_block_to_path</c>). Answers runs, so that a large read is a few calls and not one per block. Guarded by the volume's lock.
/// </summary>
internal sealed partial class BlockMap(Ext2Volume volume)
{
    private const int DirectCount = 12;
    private const int MaximumDepth = 3;

    private readonly int pointerBits = volume.Geometry.BlockBits - 2;

    /// <summary>
    /// The run that begins at a block of a file, at most <paramref name="most"/> blocks; a hole may be answered shorter than it is.
    /// Errors: EIO, EUCLEAN.
    /// </summary>
    public Errno Map(InodeNumber number, in InodeLease inode, FileBlock at, uint most, out BlockRun run)
    {
        run = default;
        if ((inode.View.Flags & (RawInodeFlags.Extents | RawInodeFlags.InlineData)) != 0)
        {
            return volume.Corrupt(number, BlockNumber.None, "has no block map (extents or inline data)");
        }

        ReadOnlySpan<Le32> root = inode.Raw.Block;
        if (at.Value < DirectCount)
        {
            return Scan(number, root[..DirectCount], (int)at.Value, most, out run);
        }

        int depth = DepthOf(at, out ulong index);
        if (depth > MaximumDepth)
        {
            run = new BlockRun(BlockNumber.None, most);
            return Errno.None;
        }

        return Walk(number, root[DirectCount + depth - 1], depth, index, most, out run);
    }

    /// <summary>
    /// How many indirect blocks have to be made before a hole of a file can be filled; <paramref name="wanted"/> is then limited to what the last of them
    /// leads to. They lie best right before the data: so a file is read in one go, and the kernel and e2fsck count it as contiguous.
    /// </summary>
    public uint MissingIndirect(in InodeLease inode, FileBlock at, ref uint wanted)
    {
        int depth = at.Value < DirectCount ? MaximumDepth + 1 : DepthOf(at, out _);
        if (depth > MaximumDepth)
        {
            return 0;
        }

        _ = DepthOf(at, out ulong index);
        ReadOnlySpan<Le32> root = inode.Raw.Block;
        var block = new BlockNumber(root[DirectCount + depth - 1]);
        while (depth > 1 && volume.Geometry.IsDataBlock(block))
        {
            using BlockLease lease = volume.Cache.Read(block);
            if (lease.Error != Errno.None)
            {
                return 0;
            }

            depth--;
            int shift = depth * pointerBits;
            block = new BlockNumber(Overlay.ReadPointers(lease.Bytes)[(int)(index >> shift)]);
            index &= (1ul << shift) - 1;
        }

        if (!block.IsNone)
        {
            return 0;
        }

        ulong leaf = 1ul << pointerBits;
        wanted = (uint)Math.Min(wanted, leaf - (index & (leaf - 1)));
        return (uint)depth;
    }

    private Errno Walk(InodeNumber number, uint pointer, int depth, ulong index, uint most, out BlockRun run)
    {
        run = default;
        while (true)
        {
            int shift = depth * pointerBits;
            if (pointer == 0)
            {
                ulong rest = (1ul << shift) - index;
                run = new BlockRun(BlockNumber.None, (uint)Math.Min(rest, most));
                return Errno.None;
            }

            var block = new BlockNumber(pointer);
            if (!volume.Geometry.IsDataBlock(block))
            {
                return volume.Corrupt(number, block, "points at an indirect block outside the volume");
            }

            using BlockLease lease = volume.Cache.Read(block);
            if (lease.Error != Errno.None)
            {
                return lease.Error;
            }

            depth--;
            shift -= pointerBits;
            ReadOnlySpan<Le32> pointers = Overlay.ReadPointers(lease.Bytes);
            int slot = (int)(index >> shift);
            if (depth == 0)
            {
                return Scan(number, pointers, slot, most, out run);
            }

            index &= (1ul << shift) - 1;
            pointer = pointers[slot];
        }
    }

    // The run of neighbours, or of holes, that begins at a slot.
    private Errno Scan(InodeNumber number, ReadOnlySpan<Le32> pointers, int slot, uint most, out BlockRun run)
    {
        int end = (int)Math.Min((uint)pointers.Length, (ulong)slot + most);
        uint first = pointers[slot];
        int count = 1;
        while (slot + count < end && pointers[slot + count].Value == (first == 0 ? 0 : first + (uint)count))
        {
            count++;
        }

        run = new BlockRun(new BlockNumber(first), (uint)count);
        if (first == 0 || (volume.Geometry.IsDataBlock(run.Start) && first + (ulong)count <= volume.Geometry.BlockCount))
        {
            return Errno.None;
        }

        return volume.Corrupt(number, run.Start, "points at data outside the volume");
    }

    // How many levels of indirect blocks lead to a block, and its index below the topmost of them.
    private int DepthOf(FileBlock at, out ulong index)
    {
        index = at.Value - (ulong)DirectCount;
        int depth = 1;
        while (depth <= MaximumDepth && index >= 1ul << (depth * pointerBits))
        {
            index -= 1ul << (depth * pointerBits);
            depth++;
        }

        return depth;
    }
}
