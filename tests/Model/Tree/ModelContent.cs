namespace Ext2Union.Model.Tests.Tree;

/// <summary>What a regular file holds: pages where something was written, zeros everywhere else, up to the size.</summary>
internal sealed class ModelContent
{
    private const int PageBytes = 4096;

    private readonly SortedDictionary<long, byte[]> pages = [];

    /// <summary>The file's size, bytes.</summary>
    public long Size { get; private set; }

    /// <summary>Reads; zeros where nothing was written; short only at the end.</summary>
    public byte[] Read(long offset, long length)
    {
        byte[] data = new byte[Math.Max(0, Math.Min(length, Size - offset))];
        for (int done = 0; done < data.Length;)
        {
            (long page, int within) = Math.DivRem(offset + done, PageBytes) is var (quotient, rest) ? (quotient, (int)rest) : default;
            int count = Math.Min(PageBytes - within, data.Length - done);
            if (pages.TryGetValue(page, out byte[]? bytes))
            {
                bytes.AsSpan(within, count).CopyTo(data.AsSpan(done));
            }

            done += count;
        }

        return data;
    }

    /// <summary>Writes, extending the file.</summary>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        Size = Math.Max(Size, offset + data.Length);
        while (!data.IsEmpty)
        {
            (long page, long within) = Math.DivRem(offset, PageBytes);
            int count = (int)Math.Min(PageBytes - within, data.Length);
            if (!pages.TryGetValue(page, out byte[]? bytes))
            {
                pages[page] = bytes = new byte[PageBytes];
            }

            data[..count].CopyTo(bytes.AsSpan((int)within));
            data = data[count..];
            offset += count;
        }
    }

    /// <summary>Makes a range zeros; the size stays.</summary>
    public void Zero(long offset, long length)
    {
        long end = Math.Min(offset + length, Size);
        if (end <= offset)
        {
            return;
        }

        foreach (long page in pages.Keys.Where(page => page * PageBytes < end && (page + 1) * PageBytes > offset).ToArray())
        {
            long from = Math.Max(offset, page * PageBytes), to = Math.Min(end, (page + 1) * PageBytes);
            pages[page].AsSpan((int)(from - (page * PageBytes)), (int)(to - from)).Clear();
        }
    }

    /// <summary>Cuts or extends with zeros: what was cut off does not come back.</summary>
    public void SetSize(long size)
    {
        Zero(size, Math.Max(0, Size - size));
        foreach (long page in pages.Keys.Where(page => page * PageBytes >= size).ToArray())
        {
            _ = pages.Remove(page);
        }

        Size = size;
    }

    /// <summary>The first byte at or behind this place that is not zero, or -1.</summary>
    public long FindData(long offset)
    {
        foreach ((long page, byte[] bytes) in pages)
        {
            long start = page * PageBytes;
            int from = (int)Math.Clamp(offset - start, 0, PageBytes);
            int found = bytes.AsSpan(from).IndexOfAnyExcept((byte)0);
            if (found >= 0)
            {
                return start + from + found;
            }
        }

        return -1;
    }

    /// <summary>The same content for an object of its own.</summary>
    public ModelContent Copy()
    {
        var copy = new ModelContent { Size = Size };
        foreach ((long page, byte[] bytes) in pages)
        {
            copy.pages[page] = [.. bytes];
        }

        return copy;
    }
}
