using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Ext2.Storage;
using Ext2Union.Ext2.Volume.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <content>What makes a volume a top that knows its lowers, and a lower that is known again.</content>
public sealed partial class Ext2Volume
{
    private bool hasCopies;
    private bool isIndexNameTaken;

    private Ext2CopyIndex? index;

    /// <inheritdoc/>
    public override LayerIdentity Identity { get; }

    /// <inheritdoc/>
    public override CopyIndex? Index => index;

    /// <summary>The directory of the index of copies, where there is one. Under <see cref="Gate"/>.</summary>
    internal Ext2Directory? IndexDirectory { get; private set; }

    /// <summary>
    /// Whether the name of the index is no name of the root: once the volume was the top of a union, unless something that was there before has it.
    /// Under <see cref="Gate"/>.
    /// </summary>
    internal bool IsIndexNameReserved => HasCopies && !isIndexNameTaken;

    /// <summary>What answered the search for the directory of the index: None, or why it cannot be used. Under <see cref="Gate"/>.</summary>
    internal Errno IndexError { get; private set; }

    /// <summary>
    /// Whether there may be copies here: it was the top of a union once, or may hold something that leads into a layer below. Read without the lock, so that
    /// a volume that never was a top is asked for nothing.
    /// </summary>
    internal bool HasCopies
    {
        get => Volatile.Read(ref hasCopies);
        set => Volatile.Write(ref hasCopies, value);
    }

    /// <summary>The identity of a directory of this volume that is a layer by itself. Requires: it belongs to this volume.</summary>
    public LayerIdentity IdentityOf(DirectoryInode directory)
    {
        using (Gate.Enter())
        {
            return LayerIdentities.Of(superblock, new InodeNumber((uint)directory.Number));
        }
    }

    /// <inheritdoc/>
    public override bool TryGetCopySource(ulong number, out CopySource source)
    {
        source = default;
        var wanted = new InodeNumber((uint)number);
        if (!HasCopies || number > uint.MaxValue || wanted.Value < Geometry.FirstInode.Value || !Geometry.IsInode(wanted))
        {
            return false;
        }

        using (Gate.Enter())
        {
            using InodeLease inode = ReadInode(wanted);
            return inode.Error == Errno.None
                && inode.Raw.LinksCount != 0
                && CopyRequests.Read(this, wanted, inode, [], out source, out _) == Errno.None
                && FitsSize(inode, ref source);
        }
    }

    /// <inheritdoc/>
    public override Errno ReadLowers(ICollection<RememberedLower> lowers)
    {
        using (Gate.Enter())
        {
            using InodeLease inode = ReadInode(InodeNumber.Root);
            if (inode.Error != Errno.None)
            {
                return inode.Error;
            }

            Errno error = Xattrs.Find(InodeNumber.Root, inode, XattrName.Lowers, out BlockLease lease, out ReadOnlySpan<byte> value);
            using (lease)
            {
                if (error != Errno.None)
                {
                    return error == Errno.ENODATA ? Errno.None : error;
                }

                LowerTableFault fault = LowerTable.Read(value, lowers);
                return fault == LowerTableFault.None ? Errno.None
                    : Corrupt(InodeNumber.Root, BlockNumber.None, $"has a table of lowers that is not sound ({fault})");
            }
        }
    }

    /// <inheritdoc/>
    public override Errno StoreLowers(IReadOnlyCollection<RememberedLower> lowers)
    {
        byte[] value = new byte[LowerTable.BytesOf(lowers)];
        if (value.Length == 0)
        {
            return Errno.EINVAL;
        }

        LowerTable.Write(lowers, value);
        using (Gate.Enter())
        {
            Errno error = BeginChange();
            if (error != Errno.None)
            {
                return error;
            }

            using (InodeLease inode = ReadInode(InodeNumber.Root))
            {
                error = inode.Error == Errno.None ? Xattrs.Set(InodeNumber.Root, inode, XattrName.Lowers, value, XattrFlags.None) : inode.Error;
            }

            // Durable before any number of it is given away.
            error = error == Errno.None ? CommitLocked() : error;
            if (error == Errno.None && !HasCopies)
            {
                error = OpenIndex();
                HasCopies = error == Errno.None;
            }

            return error;
        }
    }

    /// <summary>
    /// Makes the directory of the index where there is none. It is durable, with the feature bit, when this returns: an entry in a directory that nothing
    /// names yet would be lost. Requires: the lock, a change that was begun, no block held. Errors: ENOTDIR when a file has the name, ENOSPC, EMLINK, EIO.
    /// </summary>
    internal Errno EnsureIndex()
    {
        Errno error = EnsureFeature(IncompatFeatures.Fallthru);
        error = error == Errno.None && isIndexNameTaken ? OpenIndex() : error;

        error = error == Errno.None ? IndexError : error;
        if (error != Errno.None || IndexDirectory is not null)
        {
            return error;
        }

        HasCopies = true;
        if (!((Ext2Directory)Root).MakeIndex().TryGet(out Ext2Directory made, out error))
        {
            return error;
        }

        IndexDirectory = made;
        return CommitLocked();
    }

    // Finds the directory of the index, whose reference is kept until the end: where the feature bit is, or before it is set. Damage is remembered and answered
    // whenever the index is asked. Errors: EIO.
    private Errno OpenIndex()
    {
        CloseIndex();
        Result<Ext2Directory> found = ((Ext2Directory)Root).OpenIndex();
        if (found.Error == Errno.EIO)
        {
            return Errno.EIO;
        }

        isIndexNameTaken = found.Error == Errno.ENOTDIR;
        IndexError = found.Error == Errno.ENOENT ? Errno.None : found.Error;
        IndexDirectory = found.Succeeded ? found.Value : null;
        index!.Opened();
        return Errno.None;
    }

    private void CloseIndex()
    {
        IndexDirectory?.Release();
        IndexDirectory = null;
        IndexError = Errno.None;
        isIndexNameTaken = false;
    }

    // A crash may leave a record that says more than its file is long.
    private static bool FitsSize(in InodeLease inode, ref CopySource source)
    {
        source.Remainder = Math.Min(source.Remainder, inode.View.Size);
        return true;
    }

    // Asked once, at mounting. A table that cannot be read counts as one.
    private bool FindCopies()
    {
        using InodeLease inode = ReadInode(InodeNumber.Root);
        Errno error = inode.Error == Errno.None ? Xattrs.Get(InodeNumber.Root, inode, XattrName.Lowers, [], out _) : inode.Error;
        return error != Errno.ENODATA || (IncompatLocked & IncompatFeatures.Fallthru) != 0;
    }
}
