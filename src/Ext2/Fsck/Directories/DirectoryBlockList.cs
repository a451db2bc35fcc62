using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Fsck;

/// <summary>The blocks of one directory in the order of the file; 0 where it has a hole.</summary>
internal static class DirectoryBlockList
{
    /// <summary>Reads the list. A block that cannot belong to a directory is given as a hole.</summary>
    public static uint[] Read(CheckedVolume volume, BlockTree tree, uint inode, uint count)
    {
        uint[] blocks = new uint[count];
        byte[] bytes = volume.ReadInode(inode);
        var visitor = new Collector(volume, blocks);
        _ = tree.Walk(new InodeView(bytes), ref visitor);
        return blocks;
    }

    private readonly struct Collector(CheckedVolume volume, uint[] blocks) : IBlockVisitor
    {
        public bool Visit(ref uint pointer, long index, int level)
        {
            if (!volume.IsLegal(pointer) || volume.IsMetadata(pointer) || index >= blocks.Length)
            {
                return false;
            }
            if (level == 0)
            {
                blocks[index] = pointer;
            }
            return true;
        }
    }
}
