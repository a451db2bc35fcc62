namespace Ext2Union.Ext2.Volume;

/// <summary>What the inodes of an ext2 volume have in common; the contract's classes differ by kind, so it cannot be a base class.</summary>
internal interface IExt2Inode
{
    /// <summary>Identity and state in memory.</summary>
    public ref InodeCore Core { get; }

    /// <summary>Whether someone holds a reference.</summary>
    public bool IsReferenced { get; }
}
