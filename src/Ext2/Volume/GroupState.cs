using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Volume;

/// <summary>What the allocators keep of a group in memory; the counts are those of its descriptor.</summary>
internal struct GroupState
{
    /// <summary>Block of the block bitmap.</summary>
    public BlockNumber BlockBitmap;
    /// <summary>Block of the inode bitmap.</summary>
    public BlockNumber InodeBitmap;
    /// <summary>First block of the inode table.</summary>
    public BlockNumber InodeTable;
    /// <summary>Free blocks.</summary>
    public int FreeBlocks;
    /// <summary>Free inodes.</summary>
    public int FreeInodes;
    /// <summary>Directories.</summary>
    public int Directories;
    /// <summary>Where the search for a first block begins: behind the last one given.</summary>
    public int NextBlock;
    /// <summary>Its bitmap was found corrupt: nothing is allocated here.</summary>
    public bool IsBad;
}
