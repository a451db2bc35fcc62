using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <summary>The bitmaps of the groups, checked when they come into the cache. Guarded by the volume's lock.</summary>
internal sealed class GroupBitmaps(Ext2Volume volume)
{
    private const byte Checked = 1;

    /// <summary>The block bitmap of a group. Errors (of the lease): EIO, EUCLEAN when it calls blocks free that hold the group's own metadata.</summary>
    public BlockLease Blocks(uint group)
    {
        GroupState state = volume.Groups[group];
        BlockLease lease = Open(state.BlockBitmap, state.IsBad);
        if (lease.Error != Errno.None || (lease.Proofs & Checked) != 0)
        {
            return lease;
        }

        Geometry geometry = volume.Geometry;
        var bitmap = new Bitmap(lease.Bytes, geometry.BlocksIn(group));
        if (!CoversMetadata(bitmap, group))
        {
            lease.Dispose();
            return Bad(group, state.BlockBitmap, $"the block bitmap of group {group} calls metadata free");
        }

        int free = bitmap.CountClear();
        if (free != state.FreeBlocks)
        {
            Correct(group, state.BlockBitmap, free - state.FreeBlocks, 0, $"group {group} has {free} free blocks, not {state.FreeBlocks}");
        }

        lease.Proofs |= Checked;
        return lease;
    }

    /// <summary>The inode bitmap of a group. Errors (of the lease): EIO, EUCLEAN.</summary>
    public BlockLease Inodes(uint group)
    {
        GroupState state = volume.Groups[group];
        BlockLease lease = Open(state.InodeBitmap, state.IsBad);
        if (lease.Error != Errno.None || (lease.Proofs & Checked) != 0)
        {
            return lease;
        }

        var bitmap = new Bitmap(lease.Bytes, (int)volume.Geometry.InodesPerGroup);
        int free = bitmap.CountClear();
        if (free != state.FreeInodes)
        {
            Correct(group, state.InodeBitmap, 0, free - state.FreeInodes, $"group {group} has {free} free inodes, not {state.FreeInodes}");
        }

        lease.Proofs |= Checked;
        return lease;
    }

    /// <summary>Whether a block holds metadata of its own group: such a block is never freed on the word of a file.</summary>
    public bool IsMetadata(uint group, int index)
    {
        Geometry geometry = volume.Geometry;
        ref readonly GroupState state = ref volume.Groups[group];
        BlockNumber block = geometry.FirstBlockOf(group) + (uint)index;
        return (uint)index < geometry.HeaderBlocks(group)
            || block == state.BlockBitmap
            || block == state.InodeBitmap
            || (block >= state.InodeTable && block.Value < state.InodeTable.Value + geometry.InodeTableBlocks);
    }

    private BlockLease Open(BlockNumber block, bool isBad) => isBad ? new BlockLease(Errno.EUCLEAN) : volume.Cache.Read(block);

    private bool CoversMetadata(Bitmap bitmap, uint group)
    {
        int blocks = bitmap.BitCount;
        int header = (int)Math.Min(volume.Geometry.HeaderBlocks(group), (uint)blocks);
        ref readonly GroupState state = ref volume.Groups[group];
        return bitmap.FirstClear(0, header) < 0
            && IsUsed(bitmap, group, state.BlockBitmap, 1)
            && IsUsed(bitmap, group, state.InodeBitmap, 1)
            && IsUsed(bitmap, group, state.InodeTable, volume.Geometry.InodeTableBlocks);
    }

    // With flex_bg the metadata of a group may lie in another, whose bitmap then answers for it.
    private bool IsUsed(Bitmap bitmap, uint group, BlockNumber start, uint count)
    {
        BlockNumber first = volume.Geometry.FirstBlockOf(group);
        if (start < first || start.Value - first.Value + (ulong)count > (ulong)bitmap.BitCount)
        {
            return true;
        }

        int index = (int)(start - first);
        return bitmap.FirstClear(index, index + (int)count) < 0;
    }

    private BlockLease Bad(uint group, BlockNumber block, string what)
    {
        volume.Groups[group].IsBad = true;
        return new BlockLease(volume.Corrupt(InodeNumber.None, block, what));
    }

    private void Correct(uint group, BlockNumber block, int blocks, int inodes, string what)
    {
        _ = volume.Corrupt(InodeNumber.None, block, what);
        _ = volume.Groups.Add(group, blocks, inodes, 0);
    }
}
