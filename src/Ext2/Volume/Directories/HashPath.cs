using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Ext2.Storage;

namespace Ext2Union.Ext2.Volume.Directories;

/// <summary>A way from the root of a directory's index down to a leaf. Holds the index blocks on it until disposed.</summary>
internal ref struct HashPath
{
    /// <summary>The first block of the directory.</summary>
    public BlockLease Root;
    /// <summary>The index node between root and leaf, where there is one.</summary>
    public BlockLease Node;
    /// <summary>Whether there is a node.</summary>
    public bool HasNode;
    /// <summary>The entry of the root on the way.</summary>
    public int RootIndex;
    /// <summary>The entry of the node on the way.</summary>
    public int NodeIndex;
    /// <summary>The hash in the version of this index.</summary>
    public NameHash Hash;
    /// <summary>Leaves visited on this walk; more than the directory has blocks means that the index runs in a circle.</summary>
    public uint Visited;

    /// <summary>Entries of the root.</summary>
    public readonly HashTreeNode RootEntries => HashTreeNode.OpenProved(Root.Bytes, isRoot: true);

    /// <summary>Entries of the block that holds the leaf's entry.</summary>
    public readonly HashTreeNode BottomEntries => HasNode ? HashTreeNode.OpenProved(Node.Bytes, isRoot: false) : RootEntries;

    /// <summary>The leaf's entry among <see cref="BottomEntries"/>.</summary>
    public readonly int BottomIndex => HasNode ? NodeIndex : RootIndex;

    /// <summary>The lowest hash of the leaf, with its continuation bit.</summary>
    public readonly uint LeafHash => HasNode && NodeIndex == 0 ? RootEntries.HashAt(RootIndex) : BottomEntries.HashAt(BottomIndex);

    /// <summary>The leaf.</summary>
    public readonly FileBlock Leaf => BottomEntries.BlockAt(BottomIndex);

    /// <summary>Goes to the next entry of the root when that is a leaf's, or to the next of the node. False at the end of either.</summary>
    public bool TryAdvance()
    {
        if (BottomIndex + 1 >= BottomEntries.Count)
        {
            return false;
        }

        if (HasNode)
        {
            NodeIndex++;
        }
        else
        {
            RootIndex++;
        }

        return true;
    }

    /// <summary>Takes over a node. Requires: none is held.</summary>
    public void EnterNode(BlockLease node, int index)
    {
        Node = node;
        NodeIndex = index;
        HasNode = true;
    }

    /// <summary>Says that the block with the leaf's entry was changed.</summary>
    public readonly void MarkBottomChanged()
    {
        if (HasNode)
        {
            DirectoryStore.Changed(Node);
        }
        else
        {
            DirectoryStore.Changed(Root);
        }
    }

    /// <summary>Lets the node go.</summary>
    public void LeaveNode()
    {
        if (HasNode)
        {
            Node.Dispose();
            Node = default;
            HasNode = false;
        }
    }

    /// <summary>Lets the index blocks go. Doing it twice does no harm.</summary>
    public void Dispose()
    {
        LeaveNode();
        Root.Dispose();
        Root = default;
    }
}
