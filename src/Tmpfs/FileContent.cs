using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs;

/// <summary>
/// The bytes of one file. What lies behind the end of the file in its last page, or in pages allocated there, is always zero:
/// growing the file needs no write. Guarded by the file system's lock.
/// </summary>
internal sealed class FileContent(PageStore store)
{
    /// <summary>Largest file: MAX_LFS_FILESIZE of a 64-bit kernel.</summary>
    public const long MaximumBytes = long.MaxValue;

    private const int PageBytes = PageStore.PageBytes;

    private readonly PageMap map = new();

    /// <summary>Bytes of the file.</summary>
    public long Size { get; private set; }

    /// <summary>Pages held.</summary>
    public long PageCount => map.Count;

    /// <summary>As <see cref="FileInode.Read"/>.</summary>
    public int Read(long offset, Span<byte> buffer)
    {
        int length = (int)Math.Max(0, Math.Min(buffer.Length, Size - offset));
        for (int done = 0; done < length;)
        {
            int within = (int)((offset + done) % PageBytes);
            int part = Math.Min(PageBytes - within, length - done);
            int page = map[(offset + done) / PageBytes];
            if (page == 0)
            {
                buffer.Slice(done, part).Clear();
            }
            else
            {
                store.BytesOf(page).Slice(within, part).CopyTo(buffer[done..]);
            }

            done += part;
        }

        return length;
    }

    /// <summary>As <see cref="FileInode.Write"/>: what fits is written, and no page below <paramref name="remainder"/> that is missing is filled in part.</summary>
    public Errno Write(long offset, ReadOnlySpan<byte> data, long remainder, out int written)
    {
        written = 0;
        if (offset >= MaximumBytes)
        {
            return data.IsEmpty ? Errno.None : Errno.EFBIG;
        }

        int length = (int)Math.Min(data.Length, MaximumBytes - offset);
        Errno error = Errno.None;
        while (written < length)
        {
            long position = offset + written;
            int within = (int)(position % PageBytes);
            int part = Math.Min(PageBytes - within, length - written);
            int page = 0;
            error = FillsPart(position, position + part, remainder) ? Errno.EIO : PageForWrite(position / PageBytes, part < PageBytes, out page);
            if (error != Errno.None)
            {
                break;
            }

            data.Slice(written, part).CopyTo(store.BytesOf(page)[within..]);
            written += part;
        }

        if (written > 0)
        {
            Size = Math.Max(Size, offset + written);
            return Errno.None;
        }

        return error;
    }

    /// <summary>As <see cref="FileInode.SetSize"/>.</summary>
    public void SetSize(long size)
    {
        if (size < Size)
        {
            ZeroWithinPage(size, (int)(PagesOf(size) * PageBytes - size));
        }

        // Pages allocated behind the old end (FALLOC_FL_KEEP_SIZE) survive growing over them, as in the kernel, and go when the file shrinks.
        if (size <= Size)
        {
            map.RemoveRange(PagesOf(size), long.MaxValue / PageBytes + 1, store);
        }

        Size = size;
    }

    /// <summary>Allocates all the range or nothing.</summary>
    public Errno Reserve(long offset, long length, bool keepSize)
    {
        long first = offset / PageBytes;
        long end = PagesOf(offset + length);
        // Counted first, so that a request for exabytes costs nothing and one that fails leaves no trace.
        if (end - first - map.CountIn(first, end) > store.Free)
        {
            return Errno.ENOSPC;
        }

        for (long filePage = map.FindHole(first); filePage < end; filePage = map.FindHole(filePage))
        {
            if (PageForWrite(filePage, true, out _) is var error and not Errno.None)
            {
                return error;
            }
        }

        if (!keepSize)
        {
            Size = Math.Max(Size, offset + length);
        }

        return Errno.None;
    }

    /// <summary>Makes the range read as zeros and allocates all of it, or changes nothing.</summary>
    public Errno ZeroRange(long offset, long length, bool keepSize)
    {
        Errno error = Reserve(offset, length, keepSize);
        if (error == Errno.None)
        {
            for (long position = offset; position < offset + length;)
            {
                int part = (int)Math.Min(PageBytes - position % PageBytes, offset + length - position);
                ZeroWithinPage(position, part);
                position += part;
            }
        }

        return error;
    }

    /// <summary>Makes the range a hole; parts of pages are zeroed.</summary>
    public void Punch(long offset, long length)
    {
        long end = offset + length;
        long firstWhole = PagesOf(offset);
        long endWhole = end / PageBytes;
        if (firstWhole > endWhole)
        {
            ZeroWithinPage(offset, (int)length);
            return;
        }

        ZeroWithinPage(offset, (int)(firstWhole * PageBytes - offset));
        ZeroWithinPage(endWhole * PageBytes, (int)(end - endWhole * PageBytes));
        map.RemoveRange(firstWhole, endWhole, store);
    }

    /// <summary>As <see cref="FileInode.GetExtent"/>.</summary>
    public void GetExtent(long offset, long end, out bool isHole, out long until)
    {
        long filePage = offset / PageBytes;
        isHole = offset >= Size || map[filePage] == 0;
        until = end;
        if (offset < Size)
        {
            long next = isHole ? map.FindData(filePage) : map.FindHole(filePage);
            bool changes = next >= 0 && next < PagesOf(Size);
            until = changes ? Math.Min(next * PageBytes, end) : isHole ? end : Math.Min(EndOf(PagesOf(Size)), end);
        }
    }

    /// <summary>Whether a page of the range is missing that a source still has to give.</summary>
    public bool Owes(long offset, long end, long remainder)
    {
        end = Math.Min(Math.Min(end, remainder), Size);
        return offset < end && map.FindHole(offset / PageBytes) < PagesOf(end);
    }

    /// <summary>Whether a range begins or ends within a missing page of which a source has more to give than the range covers.</summary>
    public bool FillsPart(long offset, long end, long remainder) =>
        remainder > 0
        && ((offset % PageBytes != 0 && Owes(offset - (offset % PageBytes), offset, remainder))
            || (end % PageBytes != 0 && Owes(end, EndOf(end / PageBytes + 1), remainder)));

    /// <summary>As <see cref="FileInode.Seek"/>.</summary>
    public Errno Seek(long offset, SeekKind kind, out long position)
    {
        position = offset;
        if (offset < 0 || offset >= Size)
        {
            return Errno.ENXIO;
        }

        long filePage = offset / PageBytes;
        long found = kind == SeekKind.Data ? map.FindData(filePage) : map.FindHole(filePage);
        if (found < 0 || found >= PagesOf(Size))
        {
            position = Size;
            return kind == SeekKind.Data ? Errno.ENXIO : Errno.None;
        }

        position = Math.Max(offset, found * PageBytes);
        return Errno.None;
    }

    /// <summary>Gives all memory back.</summary>
    public void Free() => map.RemoveRange(0, long.MaxValue / PageBytes + 1, store);

    private static long EndOf(long pages) => pages > MaximumBytes / PageBytes ? MaximumBytes : pages * PageBytes;

    private static long PagesOf(long bytes) => bytes / PageBytes + (bytes % PageBytes == 0 ? 0 : 1);

    private Errno PageForWrite(long filePage, bool zeroed, out int page)
    {
        page = map[filePage];
        if (page != 0)
        {
            return Errno.None;
        }

        Errno error = store.Take(zeroed, out page);
        if (error == Errno.None)
        {
            map.Add(filePage, page);
        }

        return error;
    }

    private void ZeroWithinPage(long offset, int length)
    {
        if (length > 0 && map[offset / PageBytes] is var page and not 0)
        {
            store.BytesOf(page).Slice((int)(offset % PageBytes), length).Clear();
        }
    }
}
