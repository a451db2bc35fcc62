using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Volume;

/// <summary>
/// What an inode in memory holds: who it is. Its attributes stay in the cached inode table, so a walk over a large tree costs a few
/// dozen bytes an inode. Guarded by the volume's lock, except what never changes.
/// </summary>
internal struct InodeCore(Ext2Volume volume, InodeNumber number, uint generation)
{
    /// <summary>The volume.</summary>
    public readonly Ext2Volume Volume = volume;

    /// <summary>The number.</summary>
    public readonly InodeNumber Number = number;

    /// <summary>i_generation when it was brought into memory.</summary>
    public readonly uint Generation = generation;

    /// <summary>What memory knows beyond the record.</summary>
    public InodeStates States;

    /// <summary>The epoch in which its size, blocks or names last changed: once that is over, fdatasync has nothing to do but for the data.</summary>
    public uint Epoch = volume.Epoch;

    /// <summary>Next inode of the same bucket of <see cref="InodeTable"/>.</summary>
    public IExt2Inode? Next;

    /// <summary>Whether no name leads to it: it goes with its last reference.</summary>
    public readonly bool IsNameless => (States & (InodeStates.Unlinked | InodeStates.Orphan)) != 0;
}
