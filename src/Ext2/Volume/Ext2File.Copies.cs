using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <content>
/// Incomplete copies: a block below the remainder that the file does not have is the source's. It is neither shown as zeros, nor filled in part, nor
/// made a hole; and a shorter file owes less for good, before it is found longer again.
/// </content>
internal sealed partial class Ext2File
{
    private const long NotKnown = -1;

    // Up to where missing blocks are the source's, once it was asked for. Guarded by the volume's lock.
    private long remainder = NotKnown;
    // The record on the disk says more than the size allows: a crash, or a failure, between the two.
    private bool isRecordStale;

    private bool OwesAnything => Volatile.Read(ref remainder) > 0;

    /// <inheritdoc/>
    public override Errno GetCopySource(Span<byte> path, out CopySource source, out int pathLength)
    {
        Errno error = CopyRequests.Get(ref core, path, out source, out pathLength);
        if (error == Errno.None && source.IsIncomplete)
        {
            using (core.Volume.Gate.Enter())
            {
                using InodeLease inode = core.Volume.ReadInode(core.Number);
                error = inode.Error == Errno.None ? GetRemainder(inode, out source.Remainder) : inode.Error;
            }
        }

        return error;
    }

    /// <inheritdoc/>
    public override Errno SetCopySource(in CopySource source, ReadOnlySpan<byte> path)
    {
        Ext2Volume volume = core.Volume;
        using (volume.Gate.Enter())
        {
            // The record must not say that the file has what an indirect block, written in no order with it, does not lead to yet.
            Errno error = source.Remainder < remainder && core.Epoch == volume.Epoch ? volume.CommitLocked() : Errno.None;
            long stored = 0;
            error = error == Errno.None ? CopyRequests.Set(ref core, source, path, out stored) : error;
            if (error == Errno.None)
            {
                remainder = stored;
                isRecordStale = false;
            }

            return error;
        }
    }

    /// <inheritdoc/>
    public override Errno GetExtent(long offset, long end, out bool isHole, out long until)
    {
        isHole = true;
        until = end;
        Ext2Volume volume = core.Volume;
        int bits = volume.Geometry.BlockBits;
        using (volume.Gate.Enter())
        {
            using InodeLease inode = volume.ReadInode(core.Number);
            long size = inode.Error == Errno.None ? Math.Min(inode.View.Size, volume.MaximumFileBytes) : 0;
            if (offset >= size || offset < 0)
            {
                return offset < 0 ? Errno.EINVAL : inode.Error;
            }

            var at = new FileBlock((uint)(offset >> bits));
            uint stop = (uint)((Math.Min(size, end) - 1) >> bits) + 1;
            bool isFirst = true;
            while (at.Value < stop)
            {
                Errno error = volume.Map.Map(core.Number, inode, at, stop - at.Value, out BlockRun run);
                if (error != Errno.None)
                {
                    return error;
                }

                if (!isFirst && run.IsHole != isHole)
                {
                    break;
                }

                isFirst = false;
                isHole = run.IsHole;
                at += run.Count;
            }

            until = isHole && at.Value >= stop ? end : Math.Min(end, (long)at.Value << bits);
            return Errno.None;
        }
    }

    // Up to where this file owes blocks to its source. Where the volume has no such files, nothing is looked at. Requires: the lock.
    private Errno GetRemainder(in InodeLease inode, out long owed)
    {
        owed = Math.Max(0, remainder);
        if (remainder != NotKnown || !core.Volume.HasCopies)
        {
            return Errno.None;
        }

        Errno error = CopyRequests.Read(core.Volume, core.Number, inode, [], out CopySource source, out _);
        if (error is not (Errno.None or Errno.ENODATA))
        {
            return error;
        }

        long size = inode.View.Size;
        owed = Math.Min(source.Remainder, size);
        remainder = owed;
        isRecordStale = source.Remainder > size;
        return Errno.None;
    }

    // What every change of the content asks: a record that says too much is put right before the file can grow over it. Requires: the lock, no block held.
    private Errno BeginContentChange(out long owed)
    {
        Ext2Volume volume = core.Volume;
        owed = 0;
        Errno error = volume.BeginChange();
        if (error != Errno.None || !volume.HasCopies)
        {
            return error;
        }

        using (InodeLease inode = volume.ReadInode(core.Number))
        {
            error = inode.Error == Errno.None ? GetRemainder(inode, out owed) : inode.Error;
        }

        return error == Errno.None && isRecordStale ? StoreRemainder() : error;
    }

    // The shorter size is durable already, then the record is, before anything can make the file longer. Requires: the lock, no block held.
    private Errno StoreRemainder()
    {
        Ext2Volume volume = core.Volume;
        Errno error = volume.CommitLocked();
        if (error == Errno.None)
        {
            using InodeLease inode = volume.ReadInode(core.Number);
            error = inode.Error == Errno.None ? WriteRemainder(inode) : inode.Error;
        }

        error = error == Errno.None ? volume.CommitLocked() : error;
        isRecordStale = error != Errno.None;
        return error;
    }

    private Errno WriteRemainder(in InodeLease inode)
    {
        Span<byte> path = stackalloc byte[CopyRecord.MaximumPathBytes];
        Errno error = CopyRequests.Read(core.Volume, core.Number, inode, path, out CopySource source, out int length);
        source.Remainder = remainder;
        return error == Errno.None ? CopyRequests.Store(core.Volume, core.Number, inode, source, path[..length]) : error;
    }

    // The file becomes shorter than what it owes. Where the record lies in the inode's own sector it changes with the size, in one step; elsewhere the
    // caller stores it after the size (isRecordStale). Requires: the lock.
    private Errno ShrinkRemainder(in InodeLease inode, long size)
    {
        if (remainder <= size)
        {
            return Errno.None;
        }

        remainder = size;
        isRecordStale = true;
        if (!core.Volume.Xattrs.IsInRecord(core.Number, inode, XattrName.Copy))
        {
            return Errno.None;
        }

        Errno error = WriteRemainder(inode);
        isRecordStale = error != Errno.None;
        return error;
    }

    // How much of a hole a write may fill: no block of which the source has more to give than is written. Errors: EIO when that leaves nothing.
    private Errno LimitToWhole(long offset, int length, long owed, ref BlockRun run)
    {
        int bits = core.Volume.Geometry.BlockBits;
        long block = 1L << bits;
        long start = offset & -block;
        if (start < offset && start < owed)
        {
            return Errno.EIO;
        }

        long end = Math.Min(offset + length, start + ((long)run.Count << bits));
        long last = (end - 1) & -block;
        if (end < Math.Min(last + block, owed))
        {
            run = new BlockRun(run.Start, run.Count - 1);
        }

        return run.Count > 0 ? Errno.None : Errno.EIO;
    }

    // What an allocation may not touch in an incomplete copy. Errors: EIO.
    private Errno PrepareAllocation(AllocateMode mode, long offset, long end, out long owed)
    {
        using (core.Volume.Gate.Enter())
        {
            Errno error = BeginContentChange(out owed);
            bool isPlain = mode is AllocateMode.None or AllocateMode.KeepSize;
            return error != Errno.None || owed == 0 ? error : CheckOwed(offset, end, owed, !isPlain);
        }
    }

    // Below the remainder a hole would be the source's data again: blocks of zeros take its place.
    private Errno PunchOwed(long offset, long end, long owed)
    {
        // Whole blocks: one that is owed in part and is there already is zeroed in one write.
        long block = core.Volume.Geometry.BlockBytes;
        long zeroed = Math.Min(end, Math.Max(offset, (owed + block - 1) & -block));
        Errno error = zeroed > offset ? Reserve(offset, zeroed, true, true) : Errno.None;
        return error == Errno.None && zeroed < end ? Punch(zeroed, end) : error;
    }

    // Whether a range has a block that is missing and owed; of the blocks it covers only in part when only those matter. Requires: the lock.
    private Errno CheckOwed(long offset, long end, long owed, bool onlyParts)
    {
        Ext2Volume volume = core.Volume;
        int bits = volume.Geometry.BlockBits;
        long block = 1L << bits;
        using InodeLease inode = volume.ReadInode(core.Number);
        if (inode.Error != Errno.None)
        {
            return inode.Error;
        }

        owed = Math.Min(owed, inode.View.Size);
        if (!onlyParts)
        {
            return CheckHoles(inode, offset & -block, Math.Min(end, owed));
        }

        long first = offset & -block;
        long last = (end - 1) & -block;
        Errno error = first < offset && first < owed ? CheckHoles(inode, first, first + 1) : Errno.None;
        return error == Errno.None && end < Math.Min(last + block, owed) ? CheckHoles(inode, last, last + 1) : error;
    }

    private Errno CheckHoles(in InodeLease inode, long from, long end)
    {
        int bits = core.Volume.Geometry.BlockBits;
        while (from < end)
        {
            var at = new FileBlock((uint)(from >> bits));
            Errno error = core.Volume.Map.Map(core.Number, inode, at, (uint)((end - 1) >> bits) - at.Value + 1, out BlockRun run);
            if (error != Errno.None || run.IsHole)
            {
                return error != Errno.None ? error : Errno.EIO;
            }

            from = ((long)at.Value + run.Count) << bits;
        }

        return Errno.None;
    }
}
