using System.Numerics;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Bits 0..<see cref="Length"/>-1: one per block or inode of the volume. Memory comes in pieces as bits are first set.</summary>
internal sealed class BitSet
{
    private const int PieceShift = 18;
    private const int PieceBits = 1 << PieceShift;
    private const int PieceWords = PieceBits / 64;
    private readonly ulong[]?[] pieces;

    public BitSet(long length)
    {
        Length = length;
        pieces = new ulong[]?[(length + PieceBits - 1) >> PieceShift];
    }

    public long Length { get; }

    public bool this[long bit]
    {
        get
        {
            ulong[]? piece = pieces[bit >> PieceShift];
            return piece is not null && (piece[(bit >> 6) & (PieceWords - 1)] >> (int)(bit & 63) & 1) != 0;
        }
    }

    /// <summary>Sets a bit and says whether it was clear.</summary>
    public bool Add(long bit)
    {
        ref ulong[]? piece = ref pieces[bit >> PieceShift];
        piece ??= new ulong[PieceWords];
        ref ulong word = ref piece[(bit >> 6) & (PieceWords - 1)];
        ulong mask = 1UL << (int)(bit & 63);
        bool added = (word & mask) == 0;
        word |= mask;
        return added;
    }

    /// <summary>Sets a range of which every bit is clear; false, and nothing is changed, when one is set.</summary>
    public bool TryAddRange(long start, long count)
    {
        if (Count(start, count) != 0)
        {
            return false;
        }
        for (long end = start + count; start < end;)
        {
            ref ulong[]? piece = ref pieces[start >> PieceShift];
            piece ??= new ulong[PieceWords];
            int take = (int)Math.Min(64 - (start & 63), end - start);
            piece[(start >> 6) & (PieceWords - 1)] |= (take == 64 ? ulong.MaxValue : (1UL << take) - 1) << (int)(start & 63);
            start += take;
        }
        return true;
    }

    public void Remove(long bit)
    {
        ulong[]? piece = pieces[bit >> PieceShift];
        if (piece is not null)
        {
            piece[(bit >> 6) & (PieceWords - 1)] &= ~(1UL << (int)(bit & 63));
        }
    }

    /// <summary>How many bits of the range are set.</summary>
    public long Count(long start, long count)
    {
        long found = 0;
        long end = start + count;
        while (start < end)
        {
            ulong[]? piece = pieces[start >> PieceShift];
            long pieceEnd = Math.Min(end, (start | (PieceBits - 1)) + 1);
            if (piece is not null)
            {
                for (long bit = start; bit < pieceEnd;)
                {
                    ulong word = piece[(bit >> 6) & (PieceWords - 1)] >> (int)(bit & 63);
                    int take = (int)Math.Min(64 - (bit & 63), pieceEnd - bit);
                    found += BitOperations.PopCount(take == 64 ? word : word & ((1UL << take) - 1));
                    bit += take;
                }
            }
            start = pieceEnd;
        }
        return found;
    }

    /// <summary>Writes a range as the bits of a bitmap block, lowest first; the target is all zero.</summary>
    public void CopyTo(long start, int count, Span<byte> target)
    {
        for (int done = 0; done < count;)
        {
            long bit = start + done;
            int take = (int)Math.Min(Math.Min(64 - (bit & 63), count - done), 64 - (done & 63));
            ulong[]? piece = pieces[bit >> PieceShift];
            if (piece is null)
            {
                done += (int)Math.Min(count - done, PieceBits - (bit & (PieceBits - 1)));
                continue;
            }
            ulong word = piece[(bit >> 6) & (PieceWords - 1)] >> (int)(bit & 63);
            word = take == 64 ? word : word & ((1UL << take) - 1);
            for (int at = done; word != 0;)
            {
                // A byte of the target at a time: both ends may lie within one.
                int room = 8 - (at & 7);
                target[at >> 3] |= (byte)(word << (at & 7));
                word >>= room;
                at += room;
            }
            done += take;
        }
    }

    /// <summary>The first clear bit at or after a place, or -1.</summary>
    public long FirstClear(long from)
    {
        while (from < Length)
        {
            ulong[]? piece = pieces[from >> PieceShift];
            if (piece is null)
            {
                return from;
            }
            ulong word = ~(piece[(from >> 6) & (PieceWords - 1)] >> (int)(from & 63));
            int skip = Math.Min(BitOperations.TrailingZeroCount(word), 64 - (int)(from & 63));
            if (skip < 64 - (int)(from & 63))
            {
                return from + skip < Length ? from + skip : -1;
            }
            from += skip;
        }
        return -1;
    }
}
