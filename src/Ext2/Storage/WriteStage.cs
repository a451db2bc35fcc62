namespace Ext2Union.Ext2.Storage;

/// <summary>
/// When a dirty block is written, relative to others of the same write-back: all of one stage are durable before the first of the next.
/// The order is the one in which things refer to each other, so that nothing on disk ever names what is not there yet.
/// </summary>
public enum WriteStage : byte
{
    /// <summary>What inodes refer to, and what only counts: indirect blocks, attribute blocks, bitmaps, group descriptors.</summary>
    Referenced = 0,
    /// <summary>Inode tables.</summary>
    Inodes = 1,
    /// <summary>Directory blocks, and the superblock with its list of orphans.</summary>
    Names = 2,
}
