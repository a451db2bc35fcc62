using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>Where one group of a new volume keeps its tables.</summary>
/// <param name="Group">Its number.</param>
/// <param name="HeaderBlocks">Blocks of superblock, descriptors and what is reserved for more, at its start.</param>
/// <param name="BlockBitmap">Block of the block bitmap.</param>
/// <param name="InodeBitmap">Block of the inode bitmap.</param>
/// <param name="InodeTable">First block of the inode table.</param>
internal readonly record struct GroupLayout(
    uint Group, uint HeaderBlocks, BlockNumber BlockBitmap, BlockNumber InodeBitmap, BlockNumber InodeTable)
{
    /// <summary>Bitmaps and table follow the header; with a RAID stride the bitmaps of successive groups are put on different disks.</summary>
    public static GroupLayout Of(Geometry geometry, uint group, uint stride)
    {
        uint header = geometry.HeaderBlocks(group);
        BlockNumber start = geometry.FirstBlockOf(group) + header;
        BlockNumber last = geometry.FirstBlockOf(group) + (uint)(geometry.BlocksIn(group) - 1);
        BlockNumber behindTable = start + geometry.InodeTableBlocks;
        if (stride != 0 && behindTable < last)
        {
            BlockNumber spread = behindTable + (uint)((ulong)stride * group % (last - behindTable + 1));
            if (spread < last)
            {
                return new GroupLayout(group, header, spread, spread + 1, start);
            }
        }

        return new GroupLayout(group, header, start, start + 1, start + 2);
    }

    /// <summary>Marks what the tables use in the group's block bitmap.</summary>
    public void MarkUsed(Geometry geometry, Bitmap bitmap)
    {
        bitmap.SetRange(0, (int)HeaderBlocks);
        bitmap[geometry.IndexInGroup(BlockBitmap)] = true;
        bitmap[geometry.IndexInGroup(InodeBitmap)] = true;
        bitmap.SetRange(geometry.IndexInGroup(InodeTable), (int)geometry.InodeTableBlocks);
    }
}
