namespace Ext2Union.Ext2.Volume.Directories;

/// <summary>
/// The largest room of each block of a directory, as a tree of maxima: the first block with enough is found in a number of steps that grows with the
/// logarithm of the blocks.
/// </summary>
internal sealed class RoomTree
{
    // Rooms in units of four bytes fit 16 bits for blocks up to 64 KiB. Node 1 is the root, the leaves are the upper half.
    private ushort[] nodes = new ushort[2 * 64];
    private int leafCount = 64;

    /// <summary>Notes the largest room of a block.</summary>
    public void Set(uint block, int room)
    {
        while (block >= leafCount)
        {
            Grow();
        }

        int node = leafCount + (int)block;
        nodes[node] = (ushort)(room / 4);
        for (node /= 2; node >= 1; node /= 2)
        {
            nodes[node] = Math.Max(nodes[2 * node], nodes[(2 * node) + 1]);
        }
    }

    /// <summary>The first block with at least so much room. False: none has.</summary>
    public bool TryFind(int room, out uint block)
    {
        int wanted = (room + 3) / 4;
        block = 0;
        if (nodes[1] < wanted)
        {
            return false;
        }

        int node = 1;
        while (node < leafCount)
        {
            node *= 2;
            node += nodes[node] < wanted ? 1 : 0;
        }

        block = (uint)(node - leafCount);
        return true;
    }

    private void Grow()
    {
        ushort[] larger = new ushort[nodes.Length * 2];
        nodes.AsSpan(leafCount, leafCount).CopyTo(larger.AsSpan(2 * leafCount));
        leafCount *= 2;
        nodes = larger;
        for (int node = leafCount - 1; node >= 1; node--)
        {
            nodes[node] = Math.Max(nodes[2 * node], nodes[(2 * node) + 1]);
        }
    }
}
