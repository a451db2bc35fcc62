using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs;

/// <summary>What this file system needs of its inodes whatever their kind; the contract gives each kind a base class of its own.</summary>
internal interface ITmpfsInode
{
    /// <summary>What all kinds have in common.</summary>
    public InodeRecord Record { get; }

    /// <summary>It as the contract's inode.</summary>
    public Inode AsInode { get; }

    /// <summary>Nobody holds a reference. Requires: the file system's lock.</summary>
    public bool IsUnreferenced { get; }

    /// <summary>Gives back what its content takes. Requires: the file system's lock; no name and no reference is left.</summary>
    public void FreeContent();
}
