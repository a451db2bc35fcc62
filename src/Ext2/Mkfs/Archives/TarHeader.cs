using System.Buffers.Binary;

namespace Ext2Union.Ext2.Mkfs.Archives;

/// <summary>One header block of a tar (POSIX.1-2001 pax, "ustar Interchange Format"; the GNU manual, "Basic Tar Format"): 512 bytes of text fields.</summary>
internal readonly ref struct TarHeader(ReadOnlySpan<byte> block)
{
    /// <summary>Bytes of a header, and the unit of everything in a tar.</summary>
    public const int Bytes = 512;

    private const int ChecksumOffset = 148;
    private const int ChecksumBytes = 8;
    private const int SparsePairsOffset = 386;
    private const int SparsePairBytes = 24;

    private readonly ReadOnlySpan<byte> block = block;

    /// <summary>What the entry is.</summary>
    public byte Type => block[156];

    /// <summary>Made by GNU tar in its own format, whose header has other things where ustar has the front of long names.</summary>
    public bool IsGnu => block.Slice(257, 8).SequenceEqual("ustar  \0"u8);

    /// <summary>Nothing but zeros: the end.</summary>
    public bool IsEmpty => !block.ContainsAnyExcept((byte)0);

    /// <summary>The target of a link.</summary>
    public ReadOnlySpan<byte> LinkName => Text(157, 100);

    /// <summary>Of an old GNU sparse file: whether blocks with more of its map follow.</summary>
    public bool HasMoreSparse => block[482] != 0;

    /// <summary>Of a block with more of a sparse map: whether another one follows.</summary>
    public bool ContinuationHasMore => block[504] != 0;

    private bool IsUstar => block.Slice(257, 5).SequenceEqual("ustar"u8) && !IsGnu;

    /// <summary>Whether the sum of the bytes is what the header says: unsigned, or signed as some old programs added it up.</summary>
    public bool HasChecksum()
    {
        int unsigned = 0, signed = 0;
        for (int index = 0; index < Bytes; index++)
        {
            byte value = index is >= ChecksumOffset and < ChecksumOffset + ChecksumBytes ? (byte)' ' : block[index];
            unsigned += value;
            signed += (sbyte)value;
        }

        return TryNumber(ChecksumOffset, ChecksumBytes, out long sum) && (sum == unsigned || sum == signed);
    }

    /// <summary>The name, with the front that ustar keeps apart.</summary>
    public byte[] Name()
    {
        ReadOnlySpan<byte> name = Text(0, 100);
        ReadOnlySpan<byte> prefix = IsUstar ? Text(345, 155) : default;
        return prefix.IsEmpty ? name.ToArray() : [.. prefix, (byte)'/', .. name];
    }

    /// <summary>Permission bits.</summary>
    public bool TryMode(out long value) => TryNumber(100, 8, out value);

    /// <summary>Owner.</summary>
    public bool TryUserId(out long value) => TryNumber(108, 8, out value);

    /// <summary>Group.</summary>
    public bool TryGroupId(out long value) => TryNumber(116, 8, out value);

    /// <summary>Bytes that follow the header.</summary>
    public bool TrySize(out long value) => TryNumber(124, 12, out value);

    /// <summary>Seconds since 1970.</summary>
    public bool TryModifyTime(out long value) => TryNumber(136, 12, out value);

    /// <summary>Of a device node. Zero where the format has no such fields.</summary>
    public bool TryDevice(out long major, out long minor)
    {
        major = minor = 0;
        return !(IsUstar || IsGnu) || (TryNumber(329, 8, out major) && TryNumber(337, 8, out minor));
    }

    /// <summary>Of an old GNU sparse file: its length with holes.</summary>
    public bool TryRealSize(out long value) => TryNumber(483, 12, out value);

    /// <summary>Adds the pairs of an old GNU sparse map that the header holds, or that a block with more of it does. False: one is no number.</summary>
    public bool TryAddSparse(bool isContinuation, SparseMap map)
    {
        int start = isContinuation ? 0 : SparsePairsOffset;
        int count = isContinuation ? 21 : 4;
        for (int index = 0; index < count; index++)
        {
            int place = start + (index * SparsePairBytes);
            if (block[place] == 0)
            {
                return true;
            }

            if (!TryNumber(place, 12, out long offset) || !TryNumber(place + 12, 12, out long length) || !map.TryAdd(offset, length))
            {
                return false;
            }
        }

        return true;
    }

    private ReadOnlySpan<byte> Text(int offset, int length)
    {
        ReadOnlySpan<byte> field = block.Slice(offset, length);
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }

    // Octal digits between blanks; or, with the highest bit set, two's complement (GNU, star).
    private bool TryNumber(int offset, int length, out long value)
    {
        ReadOnlySpan<byte> field = block.Slice(offset, length);
        if ((field[0] & 0x80) != 0)
        {
            return TryBinary(field, out value);
        }

        value = 0;
        field = field.Trim(" \0"u8);
        foreach (byte digit in field)
        {
            if (digit is < (byte)'0' or > (byte)'7' || value > long.MaxValue >> 3)
            {
                return false;
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return true;
    }

    private static bool TryBinary(ReadOnlySpan<byte> field, out long value)
    {
        Span<byte> wide = stackalloc byte[16];
        bool isNegative = (field[0] & 0x40) != 0;
        wide.Fill(isNegative ? (byte)0xFF : (byte)0);
        field.CopyTo(wide[(16 - field.Length)..]);
        wide[16 - field.Length] = isNegative ? field[0] : (byte)(field[0] & 0x7F);
        Int128 number = BinaryPrimitives.ReadInt128BigEndian(wide);
        value = (long)Int128.Clamp(number, long.MinValue, long.MaxValue);
        return value == number;
    }
}
