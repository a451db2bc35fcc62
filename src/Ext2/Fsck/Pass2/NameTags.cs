using System.Buffers.Binary;
using System.Numerics;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Whether a directory may have a name twice: eight bytes a name, and at most sixteen more while the answer is found. Names are told apart by a hash that is seeded anew in
/// each process, so nobody can prepare a directory whose names all collide; "may" is wrong once in thousands of large directories, and costs only a closer look.
/// </summary>
internal sealed class NameTags
{
    /// <summary>Bytes that must be readable behind a name.</summary>
    public const int Padding = 8;

    private const ulong Ones = 0x0101010101010101;
    private const ulong Highs = 0x8080808080808080;
    private readonly ulong seed = Seed();
    private readonly ulong secret = Seed() | 1;
    private ulong[] hashes = new ulong[512];
    private uint[] table = new uint[1024];

    public int Count { get; private set; }

    public void Begin() => Count = 0;

    /// <summary>Adds the name of so many bytes at the start of a span that is longer by <see cref="Padding"/>. False: it has a character that no name may have.</summary>
    public bool TryAdd(ReadOnlySpan<byte> bytes, int length)
    {
        ulong hash = seed + (uint)length;
        ulong bad = 0;
        int at = 0;
        for (; at + 8 <= length; at += 8)
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
            bad |= ZeroBytes(word) | ZeroBytes(word ^ (Ones * '/'));
            hash = Mix(hash ^ word);
        }
        if (at < length)
        {
            ulong mask = (1UL << ((length - at) * 8)) - 1;
            ulong word = (BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]) & mask) | (Ones & ~mask);
            bad |= ZeroBytes(word) | ZeroBytes(word ^ (Ones * '/'));
            hash = Mix(hash ^ word);
        }
        if (Count == hashes.Length)
        {
            Array.Resize(ref hashes, Count * 2);
        }
        hashes[Count++] = Mix(hash);
        return bad == 0;
    }

    /// <summary>Whether two names may be the same.</summary>
    public bool MayRepeat()
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(Count, 8) * 2);
        if (table.Length < size)
        {
            table = new uint[size];
        }
        Span<uint> tags = table.AsSpan(0, size);
        tags.Clear();
        uint mask = (uint)size - 1;
        foreach (ulong hash in hashes.AsSpan(0, Count))
        {
            // 0 is a free place.
            uint tag = (uint)(hash >> 32) | 1;
            uint place = (uint)hash & mask;
            while (tags[(int)place] != 0)
            {
                if (tags[(int)place] == tag)
                {
                    return true;
                }
                place = (place + 1) & mask;
            }
            tags[(int)place] = tag;
        }
        return false;
    }

    private ulong Mix(ulong value)
    {
        ulong high = Math.BigMul(value ^ seed, secret, out ulong low);
        return high ^ low;
    }

    // Not 0 when a byte is.
    private static ulong ZeroBytes(ulong word) => (word - Ones) & ~word & Highs;

    // The random bits of a GUID, which come from the kernel; asking a library of ciphers would mean loading it.
    private static ulong Seed()
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = Guid.NewGuid().TryWriteBytes(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
    }
}
