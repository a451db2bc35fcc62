using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>What the four kinds of union inodes have in common; they cannot share a base class, for each kind has its own in the contract.</summary>
internal interface IUnionInode
{
    /// <summary>What it knows of itself.</summary>
    public ref UnionState State { get; }

    /// <summary>The inode itself.</summary>
    public Inode Inode { get; }
}
