using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Directories;

/// <summary>
/// The blocks of one directory, and what its volume says about names: all that <see cref="DirectoryContent"/> needs to know of the engine.
/// Everything happens under the volume's metadata lock.
/// </summary>
internal abstract class DirectoryStore
{
    /// <summary>Bytes of a block.</summary>
    public abstract int BlockBytes { get; }

    /// <summary>Blocks of the directory: its size divided by the block size.</summary>
    public abstract uint BlockCount { get; }

    /// <summary>Whether records carry a type (feature filetype).</summary>
    public abstract bool HasFileType { get; }

    /// <summary>Whether the volume has indexed directories (feature dir_index).</summary>
    public abstract bool MayIndex { get; }

    /// <summary>Whether the directory's inode says that it has an index (EXT2_INDEX_FL).</summary>
    public abstract bool HasIndexFlag { get; }

    /// <summary>Version, signedness and seed of the volume's hash.</summary>
    public abstract NameHash Hash { get; }

    /// <summary>Sets or clears EXT2_INDEX_FL. Errors: EIO.</summary>
    public abstract Errno SetIndexFlag(bool indexed);

    /// <summary>Takes a block. Errors (of the lease): EUCLEAN for a hole, a block number outside the volume, or one beyond the end; EIO.</summary>
    public abstract BlockLease Get(FileBlock block);

    /// <summary>
    /// Adds a block at the end, made one free record. It is on its way to the disk before the inode that counts it, so a crash shows an empty block and
    /// never what was there before. Errors (of the lease): ENOSPC, EFBIG, EIO.
    /// </summary>
    public abstract BlockLease Append(out FileBlock block);

    /// <summary>
    /// The first block reaches the disk before the second does with the changes that follow. May write back everything, so it is called before the changes.
    /// </summary>
    public abstract Errno Order(in BlockLease first, in BlockLease then);

    /// <summary>
    /// The first block of a new directory is complete: it goes to the disk at once, before the name that leads to it; both are names, which have no
    /// order among themselves. Errors: EIO, ENOSPC.
    /// </summary>
    public abstract Errno WriteThrough(in BlockLease lease);

    /// <summary>Reports corruption: one line, the volume's error state and its policy. Answers EUCLEAN.</summary>
    public abstract Errno Corrupt(FileBlock block, string what);

    /// <summary>Says that a block was changed, or is about to be.</summary>
    public static void Changed(in BlockLease lease) => lease.MarkDirty(WriteStage.Names);

    /// <summary>Takes a block whose record chain is sound. Errors: as <see cref="Get"/>, EUCLEAN where the chain is not.</summary>
    public Errno GetChain(FileBlock number, out BlockLease lease)
    {
        lease = Get(number);
        if (lease.Error != Errno.None)
        {
            return lease.Error;
        }

        if ((lease.Proofs & BlockProofs.Chain) != 0)
        {
            return Errno.None;
        }

        DirectoryFault fault = DirectoryBlock.Check(lease.Bytes, out int offset);
        if (fault == DirectoryFault.None)
        {
            lease.Proofs |= BlockProofs.Chain;
            return Errno.None;
        }

        lease.Dispose();
        lease = default;
        return Corrupt(number, $"{fault} at byte {offset}");
    }

    /// <summary>The records of a block that <see cref="GetChain"/> gave.</summary>
    public DirectoryBlock Records(scoped in BlockLease lease) => DirectoryBlock.OpenProved(lease.Bytes, HasFileType);
}
