namespace Ext2Union.Ext2.Mkfs.Archives;

/// <summary>Where the data of a sparse file lies: ranges in rising order, the rest is holes.</summary>
internal sealed class SparseMap
{
    // 64 MiB of memory. GNU tar writes a range for each hole, so this is a file of terabytes with a hole every megabyte.
    private const int MostRanges = 4 << 20;

    private readonly List<(long Offset, long Length)> ranges = [];
    private long end;

    /// <summary>Bytes of data in all ranges.</summary>
    public long DataBytes { get; private set; }

    /// <summary>How many ranges there are.</summary>
    public int Count => ranges.Count;

    /// <summary>A range by its place.</summary>
    public (long Offset, long Length) this[int index] => ranges[index];

    /// <summary>The map of a file without holes.</summary>
    public static SparseMap Whole(long size)
    {
        var map = new SparseMap();
        _ = map.TryAdd(0, size);
        return map;
    }

    /// <summary>Adds a range. False: it does not lie behind the one before, or there are too many.</summary>
    public bool TryAdd(long offset, long length)
    {
        if (offset < end || length < 0 || offset > long.MaxValue - length || ranges.Count == MostRanges)
        {
            return false;
        }

        end = offset + length;
        if (length > 0)
        {
            DataBytes += length;
            ranges.Add((offset, length));
        }

        return true;
    }

    /// <summary>Whether all ranges lie in a file of this size and hold as many bytes as the archive has for it.</summary>
    public bool Fits(long size, long storedBytes) => end <= size && DataBytes == storedBytes;
}
