using System.Buffers.Binary;

namespace Ext2Union.Ext2.OnDisk.Xattrs;

/// <summary>The hashes of attributes. Bytes of names count as unsigned, as kernels since 6.2 and e2fsprogs 1.47 have it.</summary>
public static class XattrHash
{
    private const int NameShift = 5;
    private const int ValueShift = 16;

    /// <summary>e_hash (kernel ext4_xattr_hash_entry).</summary>
    /// <param name="suffix">The name without its namespace.</param>
    /// <param name="paddedValue">The value with its padding of zeros to 4 bytes.</param>
    public static uint OfEntry(ReadOnlySpan<byte> suffix, ReadOnlySpan<byte> paddedValue)
    {
        uint hash = 0;
        foreach (byte letter in suffix)
        {
            hash = (hash << NameShift) ^ (hash >> (32 - NameShift)) ^ letter;
        }

        for (int at = 0; at < paddedValue.Length; at += 4)
        {
            hash = Add(hash, BinaryPrimitives.ReadUInt32LittleEndian(paddedValue[at..]));
        }

        return hash;
    }

    /// <summary>h_hash with one more entry: 0 as soon as one has none (kernel ext4_xattr_rehash).</summary>
    public static uint Add(uint hash, uint word) => (hash << ValueShift) ^ (hash >> (32 - ValueShift)) ^ word;
}
