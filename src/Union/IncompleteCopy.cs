using System.Buffers;
using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// A file of the top that still owes blocks to a lower. Changes of its content are made one after the other, under the file's copy-up lock; reading takes
/// none. A block is never filled in part: who writes part of one that is missing writes all of it, with the rest from the source, in one call
/// of the layer. So a crash shows each block as it was or as it was written, and nothing between.
/// </summary>
internal sealed class IncompleteCopy : LayerFile
{
    private const int FillBytes = 1 << 20;

    // Allocating and zeroing let go of the lock in between, so that nobody waits for as long as the file is large.
    private const long AllocateBytes = 4L << 20;

    // Its own, of the rank of copy-ups: nobody needs both.
    private readonly RankedLock gate = new(LockRank.CopyUp);
    private readonly int blockBytes;
    // Bytes below the remainder that were written since the blocks were last counted: with fewer than are owed it cannot be complete.
    private long filled;
    private long missing;

    public IncompleteCopy(UnionFileSystem union, FileInode inode, in CopySource record)
        : base(union, 0, inode, record)
    {
        blockBytes = union.BlockBytes;
        missing = record.Remainder;
    }

    /// <summary>As <see cref="FileInode.Write"/>. Copies at most the first and the last block.</summary>
    public Errno Write(long offset, ReadOnlySpan<byte> data, out int written)
    {
        using (gate.Enter())
        {
            written = 0;
            Errno error = Errno.None;
            while (written < data.Length && error == Errno.None)
            {
                error = WriteSome(offset + written, data[written..], out int count);
                if (count == 0)
                {
                    break;
                }

                written += count;
            }

            CountFilled();
            return written > 0 ? Errno.None : error;
        }
    }

    /// <summary>As <see cref="FileInode.SetSize"/>. What is cut off is owed no more, even when the file grows again.</summary>
    public Errno SetSize(long size)
    {
        using (gate.Enter())
        {
            Errno error = Inode.SetSize(size);
            Errno unread = ReadRecord(Inode, out CopySource now);
            if (unread == Errno.None)
            {
                missing = Math.Min(missing, now.Remainder);
                Remainder = now.Remainder;
            }

            return error == Errno.None ? unread : error;
        }
    }

    /// <summary>As <see cref="FileInode.Allocate"/>. Zeroing copies the blocks at both ends that it cuts; allocating copies what is missing in the range.</summary>
    public Errno Allocate(AllocateMode mode, long offset, long length)
    {
        // What the layer is going to refuse is asked of it in one piece: nothing may have been zeroed by then.
        bool isSound = offset >= 0 && length > 0 && length <= Union.MaximumFileBytes && offset <= Union.MaximumFileBytes - length;
        while (isSound && length > AllocateBytes && offset < Remainder)
        {
            long piece = Ceiling(offset + AllocateBytes) - offset;
            if (piece >= length)
            {
                break;
            }

            Errno error = AllocateSome(mode, offset, piece, isSound);
            if (error != Errno.None)
            {
                return error;
            }

            offset += piece;
            length -= piece;
        }

        return AllocateSome(mode, offset, length, isSound);
    }

    private Errno AllocateSome(AllocateMode mode, long offset, long length, bool isSound)
    {
        using (gate.Enter())
        {
            Errno error = Errno.None;
            if (isSound)
            {
                long end = offset + length;
                bool zeroes = (mode & (AllocateMode.PunchHole | AllocateMode.ZeroRange)) != 0;
                error = zeroes ? FillEdges(offset, end) : Fill(Floor(offset), Math.Min(Ceiling(end), Remainder));
            }

            error = error == Errno.None ? Inode.Allocate(mode, offset, length) : error;
            CountFilled();
            return error;
        }
    }

    /// <summary>Copies all that is missing. Keeps the times.</summary>
    public Errno FillAll()
    {
        using (gate.Enter())
        {
            Errno error = Inode.GetAttributes(out Attributes before);
            error = error == Errno.None ? Fill(0, Remainder) : error;
            error = error == Errno.None ? AttributeCopy.RestoreTimes(Inode, before) : error;
            filled = error == Errno.None ? missing : filled;
            CountFilled();
            return error;
        }
    }

    private long Floor(long offset) => offset & -blockBytes;

    private long Ceiling(long offset) => offset > long.MaxValue - blockBytes ? long.MaxValue : (offset + blockBytes - 1) & -blockBytes;

    // The end of what a block owes, when it is missing.
    private long OwedEnd(long block) => Math.Min(block + blockBytes, Remainder);

    private Errno WriteSome(long offset, ReadOnlySpan<byte> data, out int written)
    {
        long first = Floor(offset);
        long end = offset + data.Length;
        if (first < Remainder && (first < offset || end < OwedEnd(first)))
        {
            return WriteInBlock(first, offset, data[..(int)Math.Min(data.Length, first + blockBytes - offset)], out written);
        }

        long last = Floor(end);
        bool cutsLast = last < Remainder && last < end && end < OwedEnd(last);
        Errno error = Inode.Write(offset, cutsLast ? data[..(int)(last - offset)] : data, out written);
        filled += Math.Clamp(Remainder - offset, 0, written);
        return error;
    }

    private Errno WriteInBlock(long block, long offset, ReadOnlySpan<byte> data, out int written)
    {
        written = 0;
        Errno error = Inode.GetExtent(block, OwedEnd(block), out bool isHole, out _);
        if (error != Errno.None || !isHole)
        {
            return error == Errno.None ? Inode.Write(offset, data, out written) : error;
        }

        int owed = (int)(OwedEnd(block) - block);
        int within = (int)(offset - block);
        int length = Math.Max(owed, within + data.Length);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(blockBytes);
        Span<byte> whole = buffer.AsSpan(0, length);
        error = ReadSource(block, whole[..owed]);
        whole[owed..].Clear();
        data.CopyTo(whole[within..]);
        error = error == Errno.None ? WriteAll(block, whole) : error;
        ArrayPool<byte>.Shared.Return(buffer);
        written = error == Errno.None ? data.Length : 0;
        return error;
    }

    private Errno FillEdges(long offset, long end)
    {
        long first = Floor(offset);
        long last = Floor(end);
        Errno error = first < offset && first < Remainder ? Fill(first, OwedEnd(first)) : Errno.None;
        return error == Errno.None && last < end && end < OwedEnd(last) ? Fill(last, OwedEnd(last)) : error;
    }

    // Copies what is missing in a range whose ends are ends of blocks, or of what is owed.
    private Errno Fill(long offset, long end)
    {
        Errno error = Errno.None;
        while (offset < end && error == Errno.None)
        {
            error = Inode.GetExtent(offset, end, out bool isHole, out long until);
            error = error == Errno.None && until <= offset ? Errno.EIO : error;
            error = error == Errno.None && isHole ? FillHole(offset, until) : error;
            offset = until;
        }

        return error;
    }

    private Errno FillHole(long offset, long end)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(end - offset, FillBytes));
        Errno error = Errno.None;
        while (offset < end && error == Errno.None)
        {
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(end - offset, FillBytes));
            error = ReadSource(offset, part);
            error = error == Errno.None ? WriteAll(offset, part) : error;
            offset += part.Length;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return error;
    }

    // A layer writes a block whole or not at all, so a short answer ends at the end of one.
    private Errno WriteAll(long offset, ReadOnlySpan<byte> data)
    {
        for (int done = 0; done < data.Length;)
        {
            Errno error = Inode.Write(offset + done, data[done..], out int written);
            if (error != Errno.None || written == 0)
            {
                return error == Errno.None ? Errno.EIO : error;
            }

            done += written;
            filled += Math.Clamp(Remainder - offset, 0, written);
        }

        return Errno.None;
    }

    // Looks through the blocks only when as many bytes were written as were missing, so it costs a writer next to nothing.
    private void CountFilled()
    {
        long owed = Remainder;
        if (owed == 0 || filled < missing)
        {
            return;
        }

        long holes = 0;
        for (long position = 0; position < owed;)
        {
            if (Inode.GetExtent(position, owed, out bool isHole, out long until) != Errno.None || until <= position)
            {
                return;
            }

            holes += isHole ? until - position : 0;
            position = until;
        }

        filled = 0;
        missing = holes;
        if (holes == 0)
        {
            // The layer's record says so later, when the blocks are durable: until then its remainder does no harm, for nothing is missing.
            Remainder = 0;
            Union.CompletedCopies.Add(Inode);
        }
    }
}
