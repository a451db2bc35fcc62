using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Fsck;

/// <summary>All blocks that an inode owned before it was given others.</summary>
internal sealed class OwnedBlocks
{
    private readonly List<uint> blocks = [];

    public OwnedBlocks(CheckedVolume volume, BlockTree tree, InodeView view)
    {
        var collector = new Collector(volume, blocks);
        _ = tree.Walk(view, ref collector);
    }

    /// <summary>Gives them back. Blocks that others own too stay in use; pass 1b has seen to those, or was refused.</summary>
    public void Free(InodeFacts facts)
    {
        foreach (uint block in blocks)
        {
            if (facts.SharedBlocks is null || !facts.SharedBlocks[block])
            {
                facts.Free(block);
            }
        }
    }

    private readonly struct Collector(CheckedVolume volume, List<uint> blocks) : IBlockVisitor
    {
        public bool Visit(ref uint pointer, long index, int level)
        {
            bool isOwn = volume.IsLegal(pointer) && !volume.IsMetadata(pointer);
            if (isOwn)
            {
                blocks.Add(pointer);
            }
            return isOwn;
        }
    }
}
