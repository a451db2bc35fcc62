using System.Text;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <content>The superblock: state, features, error record.</content>
public sealed partial class Ext2Volume
{
    // One damaged directory under a busy server must not fill the system's log.
    private const int MostReports = 200;

    private readonly SuperblockState stateAtMount;
    private Superblock superblock;
    private bool isSuperblockChanged;
    private int reports;

    /// <summary>The superblock as it is in memory. Under <see cref="Gate"/>.</summary>
    internal ref readonly Superblock SuperblockLocked => ref superblock;

    /// <summary>Features that must be known to read the volume. Under <see cref="Gate"/>.</summary>
    internal IncompatFeatures IncompatLocked =>
        superblock.Revision == 0 ? IncompatFeatures.None : (IncompatFeatures)(uint)superblock.Incompat;

    /// <summary>Features that may be ignored. Under <see cref="Gate"/>.</summary>
    internal CompatFeatures CompatLocked => superblock.Revision == 0 ? CompatFeatures.None : (CompatFeatures)(uint)superblock.Compat;

    /// <summary>
    /// Sets the bit of a mark before the first mark is put. It is durable, in the backups too, when this returns: a stock tool that does not
    /// know marks must never see one without the bit. Errors: EOPNOTSUPP on a volume of revision 0 or without filetype, EROFS, EIO.
    /// </summary>
    internal Errno EnsureFeature(IncompatFeatures feature)
    {
        IncompatFeatures wanted = feature == IncompatFeatures.Fallthru ? feature | IncompatFeatures.Whiteout : feature;
        if ((IncompatLocked & wanted) == wanted)
        {
            return Errno.None;
        }

        if (IsReadOnly)
        {
            return Errno.EROFS;
        }

        if (superblock.Revision == 0 || (IncompatLocked & IncompatFeatures.FileType) == 0)
        {
            return Errno.EOPNOTSUPP;
        }

        // First, so that a device that fails just now leaves nothing half known.
        Errno error = feature == IncompatFeatures.Fallthru ? OpenIndex() : Errno.None;
        error = error == Errno.None ? AddFeatures(CompatFeatures.None, wanted, RoCompatFeatures.None) : error;
        if (error != Errno.None)
        {
            CloseIndex();
        }

        return error;
    }

    /// <summary>Sets large_file before a file first grows to 2 GiB (kernel <c>ext2_update_dynamic_rev</c>). Errors: EFBIG in revision 0, EIO.</summary>
    internal Errno EnsureLargeFiles()
    {
        if (superblock.Revision == 0)
        {
            return Errno.EFBIG;
        }

        return ((RoCompatFeatures)(uint)superblock.RoCompat & RoCompatFeatures.LargeFile) != 0
            ? Errno.None
            : AddFeatures(CompatFeatures.None, IncompatFeatures.None, RoCompatFeatures.LargeFile);
    }

    /// <summary>Sets ext_attr before the first block of attributes (kernel ext2_xattr_update_super_block). Errors: EOPNOTSUPP in revision 0, EIO.</summary>
    internal Errno EnsureExtendedAttributes()
    {
        if (superblock.Revision == 0)
        {
            return Errno.EOPNOTSUPP;
        }

        return (CompatLocked & CompatFeatures.ExtendedAttributes) != 0
            ? Errno.None
            : AddFeatures(CompatFeatures.ExtendedAttributes, IncompatFeatures.None, RoCompatFeatures.None);
    }

    /// <summary>Changes the head of the list of orphans; it is written after the inodes it leads to.</summary>
    internal void SetLastOrphan(InodeNumber head)
    {
        superblock.LastOrphan = head.Value;
        isSuperblockChanged = true;
    }

    /// <summary>
    /// Reports corruption: one line, the error record and state of the superblock, the policy of <c>errors=</c>. Answers EUCLEAN.
    /// </summary>
    internal Errno Corrupt(InodeNumber inode, BlockNumber block, string what)
    {
        reports++;
        if (reports <= MostReports)
        {
            options.Log.Report($"{device.Name}: inode {inode}, block {block}: {what}; run fsck.ext2u on it");
        }

        if (reports == MostReports)
        {
            options.Log.Report($"{device.Name}: further damage is not reported any more; run fsck.ext2u on it");
        }

        RecordError(inode, block);
        return Errno.EUCLEAN;
    }

    private void RecordError(InodeNumber inode, BlockNumber block)
    {
        if (writesNothing)
        {
            return;
        }

        uint now = (uint)Now.Seconds;
        superblock.State = (ushort)(superblock.State | (ushort)SuperblockState.Errors);
        if (superblock.ErrorCount == 0)
        {
            superblock.FirstErrorTime = now;
            superblock.FirstErrorInode = inode.Value;
            superblock.FirstErrorBlock = (ulong)block.Value;
        }

        superblock.ErrorCount = superblock.ErrorCount == uint.MaxValue ? uint.MaxValue : superblock.ErrorCount + 1;
        superblock.LastErrorTime = now;
        superblock.LastErrorInode = inode.Value;
        superblock.LastErrorBlock = (ulong)block.Value;
        isSuperblockChanged = true;
        bool stop = options.Errors == ErrorsPolicy.FromSuperblock ? superblock.Errors >= 2 : options.Errors == ErrorsPolicy.RemountReadOnly;
        if (stop && !isReadOnly)
        {
            Volatile.Write(ref isReadOnly, true);
            options.Log.Report($"{device.Name}: no more changes are accepted (errors=remount-ro)");
        }
    }

    // In use from now on: the clean flag is gone from the disk before anything else changes.
    private Errno MarkMounted()
    {
        superblock.State = (ushort)(superblock.State & ~(ushort)SuperblockState.Clean);
        superblock.MountCount = (ushort)Math.Min(superblock.MountCount + 1, ushort.MaxValue);
        superblock.MountTime = (uint)Now.Seconds;
        if (options.MountPoint.Length > 0)
        {
            Span<byte> place = superblock.LastMounted;
            byte[] path = Encoding.UTF8.GetBytes(options.MountPoint);
            place.Clear();
            path.AsSpan(0, Math.Min(path.Length, place.Length)).CopyTo(place);
        }

        Errno error = PutSuperblock();
        return error == Errno.None ? Cache.WriteBack(true) : error;
    }

    // Back to the state of before the mount, as ext2_put_super does, but for errors met since.
    private Errno MarkUnmounted()
    {
        var state = (SuperblockState)(ushort)superblock.State & ~SuperblockState.Clean;
        superblock.State = (ushort)(state | (stateAtMount & SuperblockState.Clean));
        superblock.WriteTime = (uint)Now.Seconds;
        Errno error = PutSuperblock();
        return error == Errno.None ? Cache.WriteBack(true) : error;
    }

    // Brings the superblock of memory into its cached block.
    private Errno PutSuperblock()
    {
        superblock.FreeBlocksCount = (uint)groups.FreeBlocks;
        superblock.FreeInodesCount = (uint)groups.FreeInodes;
        using BlockLease lease = Cache.Read(Geometry.PrimarySuperblock);
        if (lease.Error != Errno.None)
        {
            return lease.Error;
        }

        Overlay.Superblock(lease.Bytes[Geometry.PrimarySuperblockOffset..]) = superblock;
        lease.MarkDirty(WriteStage.Names);
        isSuperblockChanged = false;
        return Errno.None;
    }

    private bool IsSuperblockStale =>
        isSuperblockChanged || superblock.FreeBlocksCount != (uint)groups.FreeBlocks || superblock.FreeInodesCount != (uint)groups.FreeInodes;

    // Past the order of the cache: what was written before stays true under more bits. The primary comes after the backups are durable, and the
    // superblock of memory after the primary is: whoever sees a bit there, now or after a crash, may rely on every copy. A failure leaves memory as
    // it was, so that the next call writes every copy again; a backup that got the bit keeps it, which is harmless without what it announces.
    private Errno AddFeatures(CompatFeatures compat, IncompatFeatures incompat, RoCompatFeatures roCompat)
    {
        uint allCompat = superblock.Compat | (uint)compat;
        uint allIncompat = superblock.Incompat | (uint)incompat;
        uint allRoCompat = superblock.RoCompat | (uint)roCompat;

        // Set even if this fails: the cached primary may hold the bits by then, and memory's superblock has to take them back.
        isSuperblockChanged = true;
        Errno error = Errno.None;
        for (uint group = 1; group < Geometry.GroupCount && error == Errno.None; group++)
        {
            error = Geometry.HasSuperblock(group) ? WriteFeatures(Geometry.SuperblockOf(group), 0, allCompat, allIncompat, allRoCompat) : Errno.None;
        }

        error = error == Errno.None ? Cache.Barrier() : error;
        error = error == Errno.None
            ? WriteFeatures(Geometry.PrimarySuperblock, Geometry.PrimarySuperblockOffset, allCompat, allIncompat, allRoCompat)
            : error;
        error = error == Errno.None ? Cache.Barrier() : error;
        if (error == Errno.None)
        {
            superblock.Compat = allCompat;
            superblock.Incompat = allIncompat;
            superblock.RoCompat = allRoCompat;
        }

        return error;
    }

    private Errno WriteFeatures(BlockNumber block, int offset, uint compat, uint incompat, uint roCompat)
    {
        using BlockLease lease = Cache.Read(block);
        if (lease.Error != Errno.None)
        {
            return lease.Error;
        }

        ref Superblock copy = ref Overlay.Superblock(lease.Bytes[offset..]);
        if (copy.Magic != Superblock.MagicNumber)
        {
            return Errno.None;
        }

        copy.Compat = compat;
        copy.Incompat = incompat;
        copy.RoCompat = roCompat;
        return Cache.WriteThrough(lease);
    }
}
