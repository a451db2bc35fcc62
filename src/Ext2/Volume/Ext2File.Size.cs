using System.Buffers;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <content>Truncating, preallocating, punching holes.</content>
internal sealed partial class Ext2File
{
    /// <inheritdoc/>
    public override Errno SetSize(long size)
    {
        if (size < 0)
        {
            return Errno.EINVAL;
        }

        Ext2Volume volume = core.Volume;
        if (size > volume.MaximumFileBytes)
        {
            return Errno.EFBIG;
        }

        Errno forbidden = GetAttributes(out Attributes attributes);
        forbidden = forbidden == Errno.None ? Protection.ChangeSize(attributes.Flags) : forbidden;
        if (forbidden != Errno.None)
        {
            return forbidden;
        }

        using (volume.Contents.Change(core.Number))
        using (volume.Gate.Enter())
        {
            Errno error = BeginContentChange(out _);
            if (error == Errno.None && size >= LargeFileBytes)
            {
                error = volume.EnsureLargeFiles();
            }

            if (error != Errno.None)
            {
                return error;
            }

            using (InodeLease inode = volume.ReadInode(core.Number))
            {
                error = inode.Error == Errno.None ? SetSizeLocked(inode, size) : inode.Error;
            }

            return error == Errno.None && isRecordStale ? StoreRemainder() : error;
        }
    }

    /// <inheritdoc/>
    public override Errno Allocate(AllocateMode mode, long offset, long length)
    {
        Ext2Volume volume = core.Volume;
        if (offset < 0 || length <= 0)
        {
            return Errno.EINVAL;
        }

        if (offset > volume.MaximumFileBytes || length > volume.MaximumFileBytes - offset)
        {
            return Errno.EFBIG;
        }

        Errno forbidden = GetAttributes(out Attributes attributes);
        forbidden = forbidden == Errno.None ? Protection.Allocate(attributes.Flags, mode) : forbidden;
        if (forbidden != Errno.None)
        {
            return forbidden;
        }

        using (volume.Contents.Change(core.Number))
        {
            Errno error = PrepareAllocation(mode, offset, offset + length, out long owed);
            return error != Errno.None ? error : mode switch
            {
                AllocateMode.PunchHole | AllocateMode.KeepSize => PunchOwed(offset, offset + length, owed),
                AllocateMode.None or AllocateMode.KeepSize => Reserve(offset, offset + length, mode == AllocateMode.KeepSize, false),
                AllocateMode.ZeroRange or AllocateMode.ZeroRange | AllocateMode.KeepSize =>
                    Reserve(offset, offset + length, mode != AllocateMode.ZeroRange, true),
                _ => Errno.EOPNOTSUPP,
            };
        }
    }

    private Errno SetSizeLocked(in InodeLease inode, long size)
    {
        Ext2Volume volume = core.Volume;
        InodeView view = inode.View;
        long old = view.Size;
        int block = volume.Geometry.BlockBytes;
        long from = Math.Min(old, size);
        Errno error = ZeroTail(inode, from, long.MaxValue);
        if (error == Errno.None && size < old)
        {
            ulong first = (ulong)((size + block - 1) >> volume.Geometry.BlockBits);
            error = volume.Map.FreeRange(core.Number, inode, first, ulong.MaxValue, afterInode: remainder > size);
        }

        error = error == Errno.None ? ShrinkRemainder(inode, size) : error;
        if (error == Errno.None)
        {
            view.Size = size;
            core.Epoch = volume.Epoch;
            Stamp(inode);
        }

        return error;
    }

    // What lies behind the end of the file in its last block must be zeros before the file grows over it; up to `end` suffices.
    private Errno ZeroTail(in InodeLease inode, long size, long end)
    {
        Geometry geometry = core.Volume.Geometry;
        int used = (int)(size & (geometry.BlockBytes - 1));
        if (used == 0)
        {
            return Errno.None;
        }

        int length = (int)Math.Min(geometry.BlockBytes - used, end - size);
        return ZeroWithin(inode, size, length);
    }

    // Zeros within one block of the file, where there is one.
    private Errno ZeroWithin(in InodeLease inode, long offset, int length)
    {
        Ext2Volume volume = core.Volume;
        Geometry geometry = volume.Geometry;
        Errno error = volume.Map.Map(core.Number, inode, new FileBlock((uint)(offset >> geometry.BlockBits)), 1, out BlockRun run);
        if (error != Errno.None || run.IsHole)
        {
            return error;
        }

        byte[] zeros = ArrayPool<byte>.Shared.Rent(length);
        Array.Clear(zeros, 0, length);
        error = volume.Device.Write(geometry.ByteOf(run.Start) + (offset & (geometry.BlockBytes - 1)), zeros.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(zeros);
        volume.Cache.NoteData();
        return error;
    }

    private Errno Punch(long offset, long end)
    {
        Ext2Volume volume = core.Volume;
        using (volume.Gate.Enter())
        {
            Errno error = volume.BeginChange();
            if (error != Errno.None)
            {
                return error;
            }

            using InodeLease inode = volume.ReadInode(core.Number);
            if (inode.Error != Errno.None)
            {
                return inode.Error;
            }

            end = Math.Min(end, inode.View.Size);
            if (offset >= end)
            {
                return Errno.None;
            }

            core.Epoch = volume.Epoch;
            error = ZeroEdges(inode, offset, end, out long first, out long last);
            if (error == Errno.None && first < last)
            {
                int bits = volume.Geometry.BlockBits;
                error = volume.Map.FreeRange(core.Number, inode, (ulong)(first >> bits), (ulong)(last >> bits));
            }

            Stamp(inode);
            return error;
        }
    }

    // The parts of blocks at both ends of a range become zeros; what is left are whole blocks. The last block of the file counts as whole.
    private Errno ZeroEdges(in InodeLease inode, long offset, long end, out long first, out long last)
    {
        long block = core.Volume.Geometry.BlockBytes;
        first = (offset + block - 1) & -block;
        last = end == inode.View.Size ? (end + block - 1) & -block : end & -block;
        if (first > last)
        {
            return ZeroWithin(inode, offset, (int)(end - offset));
        }

        Errno error = first > offset ? ZeroWithin(inode, offset, (int)Math.Min(first - offset, end - offset)) : Errno.None;
        return error == Errno.None && end > last ? ZeroWithin(inode, last, (int)(end - last)) : error;
    }

    // Fills holes with blocks of zeros: ext2 has no way to mark a block as allocated and not written. Blocks behind the end of the file are damage
    // in the eyes of e2fsck, so they cannot be kept for later.
    private Errno Reserve(long offset, long end, bool keepSize, bool zero)
    {
        Ext2Volume volume = core.Volume;
        int bits = volume.Geometry.BlockBits;
        long position = offset;
        while (position < end)
        {
            using (volume.Gate.Enter())
            {
                Errno error = volume.BeginChange();
                if (error == Errno.None && !keepSize && end >= LargeFileBytes)
                {
                    error = volume.EnsureLargeFiles();
                }

                if (error == Errno.None)
                {
                    error = ReserveSome(ref position, ref end, keepSize, zero);
                }

                if (error != Errno.None)
                {
                    return error;
                }
            }
        }

        return Errno.None;
    }

    private Errno ReserveSome(ref long position, ref long end, bool keepSize, bool zero)
    {
        Ext2Volume volume = core.Volume;
        Geometry geometry = volume.Geometry;
        BlockRun run;
        BlockNumber goal;
        uint ahead;
        var at = new FileBlock((uint)(position >> geometry.BlockBits));
        using (InodeLease inode = volume.ReadInode(core.Number))
        {
            if (inode.Error != Errno.None)
            {
                return inode.Error;
            }

            long size = inode.View.Size;
            if (keepSize && end > size)
            {
                if (!zero)
                {
                    return Errno.EOPNOTSUPP;
                }

                end = Math.Max(size, position);
            }

            if (position >= end)
            {
                return Errno.None;
            }

            Errno error = position > size ? ZeroTail(inode, size, position) : Errno.None;
            uint blocks = (uint)(((end - 1) >> geometry.BlockBits) - at.Value) + 1;
            error = error == Errno.None ? volume.Map.Map(core.Number, inode, at, blocks, out run) : SetNone(error, out run);
            if (error != Errno.None)
            {
                return error;
            }

            goal = volume.LastBlockBefore(core.Number, inode, at);
            uint count = run.Count;
            ahead = run.IsHole ? volume.Map.MissingIndirect(inode, at, ref count) : 0;
            run = run with { Count = count };
        }

        return run.IsHole ? FillHole(ref position, end, keepSize, at, run.Count, goal, ahead) : ZeroRun(ref position, end, keepSize, at, run, zero);
    }

    private static Errno SetNone(Errno error, out BlockRun run)
    {
        run = default;
        return error;
    }

    private Errno FillHole(ref long position, long end, bool keepSize, FileBlock at, uint wanted, BlockNumber goal, uint ahead)
    {
        Ext2Volume volume = core.Volume;
        Errno error = AllocateForWrite(goal, wanted, ref ahead, out BlockRun run);
        if (error != Errno.None)
        {
            return error;
        }

        error = volume.Device.WriteZeros(volume.Geometry.ByteOf(run.Start), (long)run.Count << volume.Geometry.BlockBits);
        uint inserted = 0;
        using InodeLease inode = volume.ReadInode(core.Number);
        error = error == Errno.None ? inode.Error : error;
        if (error == Errno.None)
        {
            volume.Cache.NoteData();
            error = volume.Map.Insert(core.Number, inode, at, run, ref ahead, out inserted);
        }

        if (ahead > 0)
        {
            _ = volume.Blocks.GiveBack(new BlockNumber(run.Start.Value - ahead), ahead);
        }

        if (inserted < run.Count)
        {
            _ = volume.Blocks.GiveBack(run.Start + inserted, run.Count - inserted);
        }

        if (inserted > 0)
        {
            position = Advance(inode, at, inserted, end, keepSize);
        }

        return error;
    }

    private Errno ZeroRun(ref long position, long end, bool keepSize, FileBlock at, BlockRun run, bool zero)
    {
        Ext2Volume volume = core.Volume;
        Geometry geometry = volume.Geometry;
        long runStart = (long)at.Value << geometry.BlockBits;
        if (zero)
        {
            long stop = Math.Min(runStart + ((long)run.Count << geometry.BlockBits), end);
            Errno error = volume.Device.WriteZeros(geometry.ByteOf(run.Start) + (position - runStart), stop - position);
            if (error != Errno.None)
            {
                return error;
            }

            volume.Cache.NoteData();
        }

        using InodeLease inode = volume.ReadInode(core.Number);
        if (inode.Error == Errno.None)
        {
            position = Advance(inode, at, run.Count, end, keepSize);
        }

        return inode.Error;
    }

    // The file reaches as far as its blocks do, at every moment: what is allocated lies within its size.
    private long Advance(in InodeLease inode, FileBlock at, uint count, long end, bool keepSize)
    {
        long reached = Math.Min(((long)at.Value + count) << core.Volume.Geometry.BlockBits, end);
        InodeView view = inode.View;
        if (!keepSize)
        {
            view.Size = Math.Max(view.Size, reached);
        }

        core.Epoch = core.Volume.Epoch;
        Stamp(inode);
        return reached;
    }
}
