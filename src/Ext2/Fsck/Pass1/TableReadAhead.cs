using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Says ahead of pass 1 which pieces of the inode tables it will read, so that the device is never idle while inodes are checked.</summary>
internal sealed class TableReadAhead(CheckedVolume volume)
{
    private const long Distance = 2 << 20;
    private readonly long tableBytes = (long)volume.Geometry.InodesPerGroup * volume.Geometry.InodeBytes;
    // Where the tables count as one behind the other.
    private long told;

    /// <summary>A piece of a table is about to be read.</summary>
    public void Reach(uint group, long inTable)
    {
        long end = Math.Min((group * tableBytes) + inTable + Distance, volume.Geometry.GroupCount * tableBytes);
        // In halves of the distance: a call for each piece would cost more than it saves where all is in memory.
        if (end - told < Distance / 2)
        {
            return;
        }
        while (told < end)
        {
            long at = told % tableBytes;
            long length = Math.Min(tableBytes - at, end - told);
            volume.Store.WillRead(volume.Geometry.ByteOf(new BlockNumber(volume.Descriptor((uint)(told / tableBytes)).InodeTable)) + at, length);
            told += length;
        }
    }
}
