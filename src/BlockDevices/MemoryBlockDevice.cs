using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices;

/// <summary>A device in memory. Sparse: it takes memory for the pages that hold something, so a volume of terabytes is cheap in a test.</summary>
public sealed class MemoryBlockDevice : BlockDevice
{
    private readonly Lock gate = new();
    private readonly SparsePages pages;

    /// <summary>Zeros of this length.</summary>
    public MemoryBlockDevice(long length, string name = "memory")
        : this(length, name, new SparsePages())
    {
    }

    private MemoryBlockDevice(long length, string name, SparsePages pages)
    {
        Length = length;
        Name = name;
        this.pages = pages;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override bool IsReadOnly => false;

    /// <summary>Memory in use for content, bytes.</summary>
    public long AllocatedBytes
    {
        get
        {
            lock (gate)
            {
                return (long)pages.Count * SparsePages.PageBytes;
            }
        }
    }

    /// <summary>A copy of what it holds now.</summary>
    public MemoryBlockDevice Clone()
    {
        lock (gate)
        {
            return new MemoryBlockDevice(Length, Name, pages.Clone());
        }
    }

    /// <summary>Writes what it holds to a device that reads as zeros (a new sparse file) and is at least as long.</summary>
    public Errno CopyTo(BlockDevice target)
    {
        lock (gate)
        {
            foreach (long number in pages.Numbers.Order())
            {
                long offset = number * SparsePages.PageBytes;
                Errno error = target.Write(offset, pages.Find(number).AsSpan(0, (int)Math.Min(SparsePages.PageBytes, Length - offset)));
                if (error != Errno.None)
                {
                    return error;
                }
            }
        }

        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Read(long offset, Span<byte> buffer)
    {
        if (!IsInside(offset, buffer.Length))
        {
            return Errno.EIO;
        }

        lock (gate)
        {
            for (int done = 0; done < buffer.Length;)
            {
                int count = SparsePages.PartAt(offset + done, buffer.Length - done, out long number, out int start);
                if (pages.Find(number) is byte[] page)
                {
                    page.AsSpan(start, count).CopyTo(buffer[done..]);
                }
                else
                {
                    buffer.Slice(done, count).Clear();
                }

                done += count;
            }
        }

        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Write(long offset, ReadOnlySpan<byte> data)
    {
        if (!IsInside(offset, data.Length))
        {
            return Errno.EIO;
        }

        lock (gate)
        {
            for (int done = 0; done < data.Length;)
            {
                int count = SparsePages.PartAt(offset + done, data.Length - done, out long number, out int start);
                byte[]? page = pages.Find(number);
                if (page is null)
                {
                    pages.Put(number, page = new byte[SparsePages.PageBytes]);
                }

                data.Slice(done, count).CopyTo(page.AsSpan(start));
                done += count;
            }
        }

        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Flush() => Errno.None;

    /// <inheritdoc/>
    public override Errno Discard(long offset, long length) => WriteZeros(offset, length);

    /// <inheritdoc/>
    public override bool DiscardedReadsZeros => true;

    /// <inheritdoc/>
    public override Errno WriteZeros(long offset, long length)
    {
        if (!IsInside(offset, length))
        {
            return Errno.EIO;
        }

        lock (gate)
        {
            // A long range over few pages: look at the pages, not at the range.
            if (length / SparsePages.PageBytes > pages.Count)
            {
                foreach (long number in pages.Numbers.ToList())
                {
                    long start = Math.Max(offset, number * SparsePages.PageBytes);
                    long end = Math.Min(offset + length, (number + 1) * SparsePages.PageBytes);
                    if (start < end)
                    {
                        ClearPart(number, (int)(start % SparsePages.PageBytes), (int)(end - start));
                    }
                }

                return Errno.None;
            }

            for (long done = 0; done < length;)
            {
                int count = SparsePages.PartAt(offset + done, length - done, out long number, out int start);
                ClearPart(number, start, count);
                done += count;
            }
        }

        return Errno.None;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }

    private void ClearPart(long number, int start, int count)
    {
        if (count == SparsePages.PageBytes)
        {
            pages.Remove(number);
        }
        else
        {
            pages.Find(number)?.AsSpan(start, count).Clear();
        }
    }
}
