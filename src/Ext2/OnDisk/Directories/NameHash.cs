using System.Numerics;

namespace Ext2Union.Ext2.OnDisk.Directories;

/// <summary>
/// The hash of file names by which an indexed directory is ordered (<c>ext4fs_dirhash</c>, <c>ext2fs_dirhash</c>): a version and the
/// volume's <c>s_hash_seed</c>. The result is even; bit 0 of a hash in an index says "continued from the leaf before".
/// </summary>
public readonly struct NameHash
{
    // Hashes end below this one so that a cookie made of a hash never reads as "end of directory" (EXT4_HTREE_EOF_32BIT << 1).
    private const uint EndOfDirectory = 0xFFFFFFFE;

    private readonly uint seed0;
    private readonly uint seed1;
    private readonly uint seed2;
    private readonly uint seed3;

    /// <summary>Takes the version with its signedness, and the seed as the four little-endian words of the superblock; all zero means the built-in seed.</summary>
    public NameHash(NameHashVersion version, uint seed0, uint seed1, uint seed2, uint seed3)
    {
        Version = version;
        if ((seed0 | seed1 | seed2 | seed3) == 0)
        {
            // The initial state of MD4 (RFC 1320, section 3.3).
            (seed0, seed1, seed2, seed3) = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476);
        }

        (this.seed0, this.seed1, this.seed2, this.seed3) = (seed0, seed1, seed2, seed3);
    }

    /// <summary>
    /// The hash that a volume gives new indexes. Where the superblock does not say whether bytes are signed they are, as on the machines
    /// where such volumes were made; a version that does not exist is taken for the usual half MD4.
    /// </summary>
    public static NameHash Of(in Superblock superblock)
    {
        ReadOnlySpan<Le32> seed = superblock.HashSeed;
        byte version = superblock.DefaultHashVersion <= (byte)NameHashVersion.Tea ? superblock.DefaultHashVersion : (byte)NameHashVersion.HalfMd4;
        bool isUnsigned = ((SuperblockFlags)(uint)superblock.Flags & SuperblockFlags.UnsignedHash) != 0;
        return new NameHash((NameHashVersion)(version + (isUnsigned ? 3 : 0)), seed[0], seed[1], seed[2], seed[3]);
    }

    /// <summary>The version, signedness included.</summary>
    public NameHashVersion Version { get; }

    /// <summary>
    /// The same seed under the version that an index names (<c>dx_root_info.hash_version</c>), with this volume's signedness. False for a version
    /// that does not exist on ext2.
    /// </summary>
    public bool TryWithVersion(byte stored, out NameHash hash)
    {
        hash = this;
        if (stored > (byte)NameHashVersion.Tea)
        {
            return false;
        }

        bool isUnsigned = Version >= NameHashVersion.LegacyUnsigned;
        hash = new NameHash((NameHashVersion)(stored + (isUnsigned ? 3 : 0)), seed0, seed1, seed2, seed3);
        return true;
    }

    /// <summary>The version as it is stored: without signedness.</summary>
    public byte StoredVersion => (byte)((byte)Version % 3);

    /// <summary>The hash that orders the index.</summary>
    public uint Compute(ReadOnlySpan<byte> name) => Compute(name, out _);

    /// <summary>The hash that orders the index, and the minor hash that tells most collisions apart (zero for the legacy version).</summary>
    public uint Compute(ReadOnlySpan<byte> name, out uint minor)
    {
        bool isSigned = Version < NameHashVersion.LegacyUnsigned;
        minor = 0;
        uint hash = (NameHashVersion)StoredVersion switch
        {
            NameHashVersion.Legacy => Legacy(name, isSigned),
            NameHashVersion.HalfMd4 => HalfMd4(name, isSigned, out minor),
            _ => Tea(name, isSigned, out minor),
        };
        hash &= ~1u;
        return hash == EndOfDirectory ? EndOfDirectory - 2 : hash;
    }

    private static uint Legacy(ReadOnlySpan<byte> name, bool isSigned)
    {
        uint current = 0x12A3FE2D;
        uint previous = 0x37ABE8F9;
        foreach (byte b in name)
        {
            uint next = previous + (current ^ (Widen(b, isSigned) * 7152373));
            if ((next & 0x80000000) != 0)
            {
                next -= 0x7FFFFFFF;
            }

            (previous, current) = (current, next);
        }

        return current << 1;
    }

    private uint HalfMd4(ReadOnlySpan<byte> name, bool isSigned, out uint minor)
    {
        Span<uint> words = stackalloc uint[8];
        uint a = seed0;
        uint b = seed1;
        uint c = seed2;
        uint d = seed3;
        while (!name.IsEmpty)
        {
            Pack(name, words, isSigned);
            HalfMd4Rounds(words, ref a, ref b, ref c, ref d);
            name = name[Math.Min(32, name.Length)..];
        }

        minor = c;
        return b;
    }

    private uint Tea(ReadOnlySpan<byte> name, bool isSigned, out uint minor)
    {
        Span<uint> words = stackalloc uint[4];
        uint left = seed0;
        uint right = seed1;
        while (!name.IsEmpty)
        {
            Pack(name, words, isSigned);
            uint x = left;
            uint y = right;
            uint sum = 0;
            for (int round = 0; round < 16; round++)
            {
                sum += 0x9E3779B9;
                x += ((y << 4) + words[0]) ^ (y + sum) ^ ((y >> 5) + words[1]);
                y += ((x << 4) + words[2]) ^ (x + sum) ^ ((x >> 5) + words[3]);
            }

            left += x;
            right += y;
            name = name[Math.Min(16, name.Length)..];
        }

        minor = right;
        return left;
    }

    /// <summary>Three rounds of eight steps over eight words: MD4 with half its input block.</summary>
    private static void HalfMd4Rounds(ReadOnlySpan<uint> words, ref uint a, ref uint b, ref uint c, ref uint d)
    {
        const uint Root2 = 0x5A827999;
        const uint Root3 = 0x6ED9EBA1;
        uint w = a;
        uint x = b;
        uint y = c;
        uint z = d;
        for (int i = 0; i < 8; i += 4)
        {
            w = BitOperations.RotateLeft(w + Choose(x, y, z) + words[i], 3);
            z = BitOperations.RotateLeft(z + Choose(w, x, y) + words[i + 1], 7);
            y = BitOperations.RotateLeft(y + Choose(z, w, x) + words[i + 2], 11);
            x = BitOperations.RotateLeft(x + Choose(y, z, w) + words[i + 3], 19);
        }

        // The second round takes the odd words, then the even ones.
        for (int i = 1; i >= 0; i--)
        {
            w = BitOperations.RotateLeft(w + Majority(x, y, z) + words[i] + Root2, 3);
            z = BitOperations.RotateLeft(z + Majority(w, x, y) + words[i + 2] + Root2, 5);
            y = BitOperations.RotateLeft(y + Majority(z, w, x) + words[i + 4] + Root2, 9);
            x = BitOperations.RotateLeft(x + Majority(y, z, w) + words[i + 6] + Root2, 13);
        }

        // The third: 3 7 2 6, then 1 5 0 4.
        for (int i = 3; i >= 1; i -= 2)
        {
            w = BitOperations.RotateLeft(w + (x ^ y ^ z) + words[i] + Root3, 3);
            z = BitOperations.RotateLeft(z + (w ^ x ^ y) + words[i + 4] + Root3, 9);
            y = BitOperations.RotateLeft(y + (z ^ w ^ x) + words[i - 1] + Root3, 11);
            x = BitOperations.RotateLeft(x + (y ^ z ^ w) + words[i + 3] + Root3, 15);
        }

        a += w;
        b += x;
        c += y;
        d += z;
    }

    private static uint Choose(uint x, uint y, uint z) => z ^ (x & (y ^ z));

    private static uint Majority(uint x, uint y, uint z) => (x & y) + ((x ^ y) & z);

    /// <summary>
    /// Packs the head of a name into words, most significant byte first; what is missing is filled with the length of the remaining name in every byte.
    /// A signed byte above 0x7F borrows from the bytes before it in its word, which is how the historical difference between machines arose.
    /// </summary>
    private static void Pack(ReadOnlySpan<byte> name, Span<uint> words, bool isSigned)
    {
        uint padding = (uint)name.Length * 0x01010101;
        int length = Math.Min(name.Length, words.Length * 4);
        words.Fill(padding);
        for (int i = 0; i < length; i++)
        {
            ref uint word = ref words[i / 4];
            word = (word << 8) + Widen(name[i], isSigned);
        }
    }

    private static uint Widen(byte b, bool isSigned) => isSigned ? (uint)(sbyte)b : b;
}
