using System.Buffers;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <content>Writing.</content>
internal sealed partial class Ext2File
{
    private const int GatherBytes = 64 * 1024;
    private const long LargeFileBytes = 1L << 31;

    /// <inheritdoc/>
    public override Errno Write(long offset, ReadOnlySpan<byte> data, out int written)
    {
        written = 0;
        long most = core.Volume.MaximumFileBytes;
        if (offset < 0)
        {
            return Errno.EINVAL;
        }

        if (data.Length == 0)
        {
            return Errno.None;
        }

        if (offset >= most)
        {
            return Errno.EFBIG;
        }

        data = data[..(int)Math.Min(data.Length, most - offset)];
        using (core.Volume.Contents.Change(core.Number))
        {
            while (written < data.Length)
            {
                Errno error = WriteSome(offset + written, data[written..], out int part);
                if (error != Errno.None)
                {
                    return written > 0 ? Errno.None : error;
                }

                written += part;
            }

            return Errno.None;
        }
    }

    private Errno WriteSome(long offset, ReadOnlySpan<byte> data, out int written)
    {
        written = 0;
        Errno error = PrepareWrite(offset, data.Length, out BlockRun run, out uint ahead, out bool isNew, out bool extends);
        if (error != Errno.None)
        {
            return error;
        }

        Ext2Volume volume = core.Volume;
        int skip = (int)(offset & (volume.Geometry.BlockBytes - 1));
        int length = (int)Math.Min(data.Length, ((long)run.Count << volume.Geometry.BlockBits) - skip);
        error = isNew
            ? WriteNew(run, skip, data[..length])
            : volume.Device.Write(volume.Geometry.ByteOf(run.Start) + skip, data[..length]);
        if (error == Errno.None && !isNew && !extends)
        {
            written = length;
            return Errno.None;
        }

        using (volume.Gate.Enter())
        {
            if (error != Errno.None)
            {
                _ = isNew ? volume.Blocks.GiveBack(new BlockNumber(run.Start.Value - ahead), run.Count + ahead) : Errno.None;
                return error;
            }

            volume.Cache.NoteData();
            core.Epoch = volume.Epoch;
            return FinishWrite(offset, length, skip, run, ahead, isNew, out written);
        }
    }

    // Finds where the data goes. Within the file that is all there is to know, so its times change here too.
    private Errno PrepareWrite(long offset, int length, out BlockRun run, out uint ahead, out bool isNew, out bool extends)
    {
        run = default;
        ahead = 0;
        isNew = false;
        extends = false;
        Ext2Volume volume = core.Volume;
        using (volume.Gate.Enter())
        {
            Errno error = BeginContentChange(out long owed);
            if (error == Errno.None && offset + length >= LargeFileBytes)
            {
                error = volume.EnsureLargeFiles();
            }

            if (error == Errno.None)
            {
                error = MapForWrite(offset, length, owed, out run, out BlockNumber goal, out ahead, out extends);
                isNew = error == Errno.None && run.IsHole;
                if (isNew)
                {
                    error = AllocateForWrite(goal, run.Count, ref ahead, out run);
                }
            }

            return error;
        }
    }

    private Errno MapForWrite(long offset, int length, long owed, out BlockRun run, out BlockNumber goal, out uint ahead, out bool extends)
    {
        run = default;
        goal = BlockNumber.None;
        ahead = 0;
        extends = false;
        Ext2Volume volume = core.Volume;
        using InodeLease inode = volume.ReadInode(core.Number);
        if (inode.Error != Errno.None)
        {
            return inode.Error;
        }

        int bits = volume.Geometry.BlockBits;
        long size = inode.View.Size;
        var at = new FileBlock((uint)(offset >> bits));
        uint blocks = (uint)((offset + length - 1) >> bits) - at.Value + 1;
        Errno error = offset > size ? ZeroTail(inode, size, offset) : Errno.None;
        if (error == Errno.None)
        {
            error = volume.Map.Map(core.Number, inode, at, blocks, out run);
            error = error == Errno.None && run.IsHole && owed > 0 ? LimitToWhole(offset, length, owed, ref run) : error;
        }

        if (error != Errno.None)
        {
            return error;
        }

        if (run.IsHole)
        {
            uint count = run.Count;
            ahead = volume.Map.MissingIndirect(inode, at, ref count);
            run = run with { Count = count };
        }

        extends = offset + Math.Min(length, (long)run.Count << bits) > size;
        if (run.IsHole)
        {
            goal = volume.LastBlockBefore(core.Number, inode, at);
        }
        else if (!extends)
        {
            Stamp(inode);
        }

        return Errno.None;
    }

    // When all that is free was freed in this epoch, the epoch ends here. No block is held at this point.
    private Errno AllocateForWrite(BlockNumber goal, uint wanted, ref uint ahead, out BlockRun run)
    {
        Ext2Volume volume = core.Volume;
        Errno error = volume.AllocateContent(core.Number, goal, wanted, ref ahead, out run);
        if (error == Errno.ENOSPC && volume.Blocks.HeldCount > 0)
        {
            error = volume.CommitLocked();
            if (error == Errno.None)
            {
                error = volume.AllocateContent(core.Number, goal, wanted, ref ahead, out run);
            }
        }

        // Not for the first blocks of a file: most files are written once, and short.
        if (error == Errno.None && !goal.IsNone)
        {
            volume.Blocks.KeepBehind(core.Number, run);
        }

        return error;
    }

    /// <inheritdoc/>
    public override void Closed(OpenMode mode)
    {
        if ((mode & OpenMode.Write) != 0)
        {
            using (core.Volume.Gate.Enter())
            {
                core.Volume.Blocks.EndWindow(core.Number);
            }
        }
    }

    private Errno FinishWrite(long offset, int length, int skip, BlockRun run, uint ahead, bool isNew, out int written)
    {
        written = 0;
        Ext2Volume volume = core.Volume;
        Geometry geometry = volume.Geometry;
        using InodeLease inode = volume.ReadInode(core.Number);
        Errno error = inode.Error;
        uint inserted = run.Count;
        if (isNew)
        {
            inserted = 0;
            if (error == Errno.None)
            {
                error = volume.Map.Insert(core.Number, inode, new FileBlock((uint)(offset >> geometry.BlockBits)), run, ref ahead, out inserted);
            }

            if (ahead > 0)
            {
                _ = volume.Blocks.GiveBack(new BlockNumber(run.Start.Value - ahead), ahead);
            }

            if (inserted < run.Count)
            {
                _ = volume.Blocks.GiveBack(run.Start + inserted, run.Count - inserted);
            }
        }

        if (inserted == 0 || inode.Error != Errno.None)
        {
            return error;
        }

        written = (int)Math.Min(length, ((long)inserted << geometry.BlockBits) - skip);
        InodeView view = inode.View;
        view.Size = Math.Max(view.Size, offset + written);
        Stamp(inode);
        return Errno.None;
    }

    // Data of blocks that were just allocated, with zeros around it: what they held before must never be read.
    private Errno WriteNew(BlockRun run, int skip, ReadOnlySpan<byte> data)
    {
        Geometry geometry = core.Volume.Geometry;
        long start = geometry.ByteOf(run.Start);
        int block = geometry.BlockBytes;
        long total = (long)run.Count << geometry.BlockBits;
        if (skip == 0 && data.Length == total)
        {
            return core.Volume.Device.Write(start, data);
        }

        if (total <= GatherBytes || run.Count == 1)
        {
            return WritePadded(start, (int)total, skip, data);
        }

        int head = skip == 0 ? 0 : block - skip;
        Errno error = head == 0 ? Errno.None : WritePadded(start, block, skip, data[..head]);
        int tail = (data.Length - head) & (block - 1);
        if (error == Errno.None && tail > 0)
        {
            error = WritePadded(start + total - block, block, 0, data[^tail..]);
        }

        return error == Errno.None ? core.Volume.Device.Write(start + skip + head, data[head..^tail]) : error;
    }

    private Errno WritePadded(long start, int total, int skip, ReadOnlySpan<byte> data)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(total);
        Span<byte> padded = buffer.AsSpan(0, total);
        padded[..skip].Clear();
        data.CopyTo(padded[skip..]);
        padded[(skip + data.Length)..].Clear();
        Errno error = core.Volume.Device.Write(start, padded);
        ArrayPool<byte>.Shared.Return(buffer);
        return error;
    }

    private void Stamp(in InodeLease inode)
    {
        InodeView view = inode.View;
        Timestamp now = core.Volume.Now;
        view.ModifyTime = now;
        view.ChangeTime = now;
        inode.MarkDirty();
    }
}
