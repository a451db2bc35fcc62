namespace Ext2Union.Ext2.Fsck;

/// <summary>What a walk over the block tree of an inode meets.</summary>
internal interface IBlockVisitor
{
    /// <summary>
    /// One pointer. <paramref name="index"/> is the block within the file, for an indirect block that of the first it maps;
    /// <paramref name="level"/> is 0 for data, 1 to 3 for indirect blocks, which are met before what they map. The pointer may be changed: the
    /// walk stores the change, and goes on below the new block. False: do not go below, or (data) nothing more.
    /// </summary>
    public bool Visit(ref uint pointer, long index, int level);
}
