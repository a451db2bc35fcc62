using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices;

/// <summary>
/// Another device on which writes stay in memory: a dry run sees its own changes and the device none. Owns the other device.
/// </summary>
public sealed class OverlayBlockDevice(BlockDevice inner) : BlockDevice
{
    private readonly Lock gate = new();
    private readonly SparsePages pages = new();

    /// <inheritdoc/>
    public override string Name => inner.Name;

    /// <inheritdoc/>
    public override long Length => inner.Length;

    /// <inheritdoc/>
    public override bool IsReadOnly => false;

    /// <summary>Whether anything was written.</summary>
    public bool HasChanges
    {
        get
        {
            lock (gate)
            {
                return pages.Count > 0;
            }
        }
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
                    done += count;
                    continue;
                }

                // Pages that were never written are fetched in one piece as far as they reach.
                while (done + count < buffer.Length
                    && SparsePages.PartAt(offset + done + count, buffer.Length - done - count, out number, out _) is int more && pages.Find(number) is null)
                {
                    count += more;
                }

                Errno error = inner.Read(offset + done, buffer.Slice(done, count));
                if (error != Errno.None)
                {
                    return error;
                }

                done += count;
            }
        }

        return Errno.None;
    }

    /// <inheritdoc/>
    public override void WillRead(long offset, long length) => inner.WillRead(offset, length);

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
                Errno error = PageToWrite(number, wholly: count == SparsePages.PageBytes, out byte[] page);
                if (error != Errno.None)
                {
                    return error;
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
    public override Errno WriteZeros(long offset, long length)
    {
        if (!IsInside(offset, length))
        {
            return Errno.EIO;
        }

        lock (gate)
        {
            for (long done = 0; done < length;)
            {
                int count = SparsePages.PartAt(offset + done, length - done, out long number, out int start);
                Errno error = PageToWrite(number, wholly: count == SparsePages.PageBytes, out byte[] page);
                if (error != Errno.None)
                {
                    return error;
                }

                page.AsSpan(start, count).Clear();
                done += count;
            }
        }

        return Errno.None;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }
    }

    private Errno PageToWrite(long number, bool wholly, out byte[] page)
    {
        if (pages.Find(number) is byte[] existing)
        {
            page = existing;
            return Errno.None;
        }

        page = new byte[SparsePages.PageBytes];
        long offset = number * SparsePages.PageBytes;
        Errno error = wholly ? Errno.None : inner.Read(offset, page.AsSpan(0, (int)Math.Min(page.Length, Length - offset)));
        if (error == Errno.None)
        {
            pages.Put(number, page);
        }

        return error;
    }
}
