using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>A bitmap of blocks or inodes: bit n of byte n/8, lowest bit first; 1 is "in use". Scans go by 64-bit words.</summary>
public readonly ref struct Bitmap
{
    private readonly Span<byte> bytes;

    /// <summary>Takes the bytes of a bitmap block. Requires: a multiple of 8 bytes that holds <paramref name="bitCount"/> bits.</summary>
    public Bitmap(Span<byte> bytes, int bitCount)
    {
        Debug.Assert(bytes.Length % 8 == 0 && bitCount <= bytes.Length * 8L, "The bits must lie within the block.");
        this.bytes = bytes;
        BitCount = bitCount;
    }

    /// <summary>How many bits mean something; the rest is padding of ones.</summary>
    public int BitCount { get; }

    /// <summary>Reads or writes one bit.</summary>
    public bool this[int index]
    {
        get => (bytes[index >> 3] & (1 << (index & 7))) != 0;
        set
        {
            if (value)
            {
                bytes[index >> 3] |= (byte)(1 << (index & 7));
            }
            else
            {
                bytes[index >> 3] &= (byte)~(1 << (index & 7));
            }
        }
    }

    /// <summary>The first clear bit in <paramref name="from"/> .. <paramref name="end"/>-1, or -1.</summary>
    public int FirstClear(int from, int end) => First(from, end, ulong.MaxValue);

    /// <summary>The first set bit in <paramref name="from"/> .. <paramref name="end"/>-1, or -1.</summary>
    public int FirstSet(int from, int end) => First(from, end, 0);

    /// <summary>The first byte-aligned run of eight clear bits at or behind <paramref name="from"/>, or -1: room for a run.</summary>
    public int FirstClearByte(int from, int end)
    {
        int first = (from + 7) >> 3;
        int last = end >> 3;
        int found = first < last ? bytes[first..last].IndexOf((byte)0) : -1;
        return found < 0 ? -1 : (first + found) << 3;
    }

    /// <summary>How many bits from <paramref name="index"/> on are clear, at most <paramref name="limit"/>.</summary>
    public int ClearRun(int index, int limit)
    {
        int end = Math.Min(BitCount, index + limit);
        int set = First(index, end, 0);
        return (set < 0 ? end : set) - index;
    }

    /// <summary>How many of all bits are clear.</summary>
    public int CountClear()
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        int whole = BitCount >> 6;
        int set = 0;
        for (int i = 0; i < whole; i++)
        {
            set += BitOperations.PopCount(words[i]);
        }

        for (int bit = whole << 6; bit < BitCount; bit++)
        {
            set += this[bit] ? 1 : 0;
        }

        return BitCount - set;
    }

    /// <summary>Sets a run of bits.</summary>
    public void SetRange(int index, int count) => Fill(index, count, true);

    /// <summary>Clears a run of bits.</summary>
    public void ClearRange(int index, int count) => Fill(index, count, false);

    /// <summary>Writes to <paramref name="target"/> what is set here or in <paramref name="other"/>. Requires: all of one length, or the other empty.</summary>
    public void CombineInto(Bitmap target, ReadOnlySpan<byte> other)
    {
        ReadOnlySpan<ulong> mine = MemoryMarshal.Cast<byte, ulong>(bytes);
        ReadOnlySpan<ulong> theirs = MemoryMarshal.Cast<byte, ulong>(other);
        Span<ulong> result = MemoryMarshal.Cast<byte, ulong>(target.bytes);
        mine.CopyTo(result);
        for (int i = 0; i < theirs.Length; i++)
        {
            result[i] |= theirs[i];
        }
    }

    /// <summary>Sets all bits behind <see cref="BitCount"/>, as mke2fs does and e2fsck demands.</summary>
    public void SetPadding() => Fill(BitCount, (bytes.Length * 8) - BitCount, true);

    private void Fill(int index, int count, bool value)
    {
        int end = index + count;
        while (index < end && (index & 7) != 0)
        {
            Write(index++, value);
        }

        int whole = (end - index) >> 3;
        if (whole > 0)
        {
            bytes.Slice(index >> 3, whole).Fill(value ? (byte)0xFF : (byte)0);
            index += whole << 3;
        }

        while (index < end)
        {
            Write(index++, value);
        }
    }

    private void Write(int index, bool value)
    {
        byte mask = (byte)(1 << (index & 7));
        bytes[index >> 3] = value ? (byte)(bytes[index >> 3] | mask) : (byte)(bytes[index >> 3] & ~mask);
    }

    // A word that equals `uninteresting` holds no bit of the kind looked for.
    private int First(int from, int end, ulong uninteresting)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        if (from >= end)
        {
            return -1;
        }

        int word = from >> 6;
        ulong wanted = (Word(words, word) ^ uninteresting) & (ulong.MaxValue << (from & 63));
        int last = (end - 1) >> 6;
        while (wanted == 0)
        {
            if (++word > last)
            {
                return -1;
            }

            wanted = Word(words, word) ^ uninteresting;
        }

        int found = (word << 6) + BitOperations.TrailingZeroCount(wanted);
        return found < end ? found : -1;
    }

    private static ulong Word(ReadOnlySpan<ulong> words, int index) =>
        BitConverter.IsLittleEndian ? words[index] : BinaryPrimitives.ReverseEndianness(words[index]);
}
