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

    /// <summary>Reads at <paramref name="offset"/>; holes are zeros. <paramref name="read"/> is short only at the end of the file.</summary>
    public abstract Errno Read(long offset, Span<byte> buffer, out int read);

    /// <summary>
    /// Writes at <paramref name="offset"/>, extending the file. May write a part and answer None (<paramref name="written"/> &gt; 0), as write(2).
    /// Sets modification and change time. Errors: ENOSPC, EFBIG, EROFS.
    /// </summary>
    public abstract Errno Write(long offset, ReadOnlySpan<byte> data, out int written);

    /// <summary>Truncates or extends with a hole; sets modification and change time also when the size stays. Errors: EFBIG, EROFS.</summary>
    public abstract Errno SetSize(long size);

    /// <summary>fallocate(2). Errors: ENOSPC, EFBIG, EOPNOTSUPP for a mode the layer has no means for.</summary>
    public abstract Errno Allocate(AllocateMode mode, long offset, long length);

    /// <summary>lseek(2) for data and holes. Errors: ENXIO at or beyond the end.</summary>
    public abstract Errno Seek(long offset, SeekKind kind, out long position);
}
