namespace Ext2Union.Vfs;

/// <summary>A regular file.</summary>
public abstract class FileInode : Inode
{
    /// <inheritdoc/>
    public sealed override InodeKind Kind => InodeKind.File;

    /// <summary>
    /// Whether a change would copy the content first, which takes as long as the file is large. It may be past when it is read, so it
    /// decides only who serves a request.
    /// </summary>
    public virtual bool CopiesBeforeChange => false;

    /// <summary>
    /// Reads at <paramref name="offset"/>; holes are zeros. <paramref name="read"/> is short only at the end of the file.
    /// Errors: EIO in a hole below the remainder of an incomplete copy (<see cref="CopySource.Remainder"/>): that data lies in another layer.
    /// </summary>
    public abstract Errno Read(long offset, Span<byte> buffer, out int read);

    /// <summary>
    /// Writes at <paramref name="offset"/>, extending the file. May write a part and answer None (<paramref name="written"/> &gt; 0), as write(2).
    /// Sets modification and change time. Errors: ENOSPC, EFBIG, EROFS; EIO when it would fill only part of what a block of an incomplete copy
    /// still owes to its source.
    /// </summary>
    public abstract Errno Write(long offset, ReadOnlySpan<byte> data, out int written);

    /// <summary>
    /// Truncates or extends with a hole; sets modification and change time also when the size stays. An incomplete copy's remainder shrinks with it, and
    /// is durable before the file can be found longer again. Errors: EFBIG, EROFS.
    /// </summary>
    public abstract Errno SetSize(long size);

    /// <summary>
    /// fallocate(2). In an incomplete copy, holes punched below the remainder become blocks of zeros, for a hole there is the source's data.
    /// Errors: ENOSPC, EFBIG, EOPNOTSUPP for a mode the layer has no means for; EIO when blocks that the copy does not have would have to be filled.
    /// </summary>
    public abstract Errno Allocate(AllocateMode mode, long offset, long length);

    /// <summary>lseek(2) for data and holes. Errors: ENXIO at or beyond the end.</summary>
    public abstract Errno Seek(long offset, SeekKind kind, out long position);

    /// <summary>
    /// Whether the layer has the byte at <paramref name="offset"/>, and up to where (at most <paramref name="end"/>) that stays so, in units of its blocks.
    /// What lies behind the end of the file is a hole. Costs no more than mapping what is asked about.
    /// </summary>
    public virtual Errno GetExtent(long offset, long end, out bool isHole, out long until)
    {
        isHole = true;
        until = end;
        Errno error = Seek(offset, SeekKind.Data, out long data);
        if (error == Errno.ENXIO)
        {
            return Errno.None;
        }

        if (error != Errno.None || data > offset)
        {
            until = error == Errno.None ? Math.Min(data, end) : end;
            return error;
        }

        isHole = false;
        error = Seek(offset, SeekKind.Hole, out long hole);
        until = error == Errno.None ? Math.Min(hole, end) : end;
        return error;
    }
}
