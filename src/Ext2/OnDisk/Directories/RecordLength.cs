namespace Ext2Union.Ext2.OnDisk.Directories;

/// <summary>
/// <c>rec_len</c> of a directory record. It has 16 bits; in a block of 64 KiB the length 65536 is stored as 65535 or, by older writers, as 0
/// (<c>ext4_rec_len_from_disk</c>).
/// </summary>
public static class RecordLength
{
    /// <summary>Records begin and end at multiples of this many bytes.</summary>
    public const int Alignment = 4;

    /// <summary>Bytes before the name.</summary>
    public const int HeaderBytes = 8;

    /// <summary>The shortest record: a name of one to four bytes.</summary>
    public const int Minimum = 12;

    private const int WholeLargestBlock = 1 << 16;

    /// <summary>Bytes that a record with a name of this length needs.</summary>
    public static int Needed(int nameLength) => (HeaderBytes + nameLength + Alignment - 1) & ~(Alignment - 1);

    /// <summary>The length that a stored value stands for.</summary>
    public static int Decode(ushort stored, int blockSize) =>
        blockSize >= WholeLargestBlock && stored is 0 or ushort.MaxValue ? WholeLargestBlock : stored;

    /// <summary>The stored value of a length of at most one block.</summary>
    public static ushort Encode(int length, int blockSize) =>
        length == WholeLargestBlock && blockSize == WholeLargestBlock ? ushort.MaxValue : checked((ushort)length);
}
