using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices;

/// <summary>
/// Bytes at positions: an image file, a /dev node, a part of one, a stream, or memory. Reads and writes are positioned and may come from
/// several threads at once; this room is the only one that catches <see cref="IOException"/>.
/// </summary>
public abstract class BlockDevice : IDisposable
{
    /// <summary>What messages call it: the path the user gave.</summary>
    public abstract string Name { get; }

    /// <summary>Length in bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Writes are refused with EROFS.</summary>
    public abstract bool IsReadOnly { get; }

    /// <summary>
    /// Stops all writes, or begins to allow them. Errors: EROFS where it can never be written, EBUSY while others read it; other errors as they come.
    /// </summary>
    public virtual Errno SetReadOnly(bool readOnly) => readOnly == IsReadOnly ? Errno.None : Errno.EROFS;

    /// <summary>Reads the whole buffer. Errors: EIO, also for a range beyond <see cref="Length"/>.</summary>
    public abstract Errno Read(long offset, Span<byte> buffer);

    /// <summary>Says that a range will be read soon; whoever can fetches it meanwhile. Nothing depends on it, and a range beyond the device is nothing to fetch.</summary>
    public virtual void WillRead(long offset, long length)
    {
    }

    /// <summary>Writes the whole buffer. Durable only after <see cref="Flush"/>. Errors: EIO, ENOSPC (of a sparse host file), EROFS.</summary>
    public abstract Errno Write(long offset, ReadOnlySpan<byte> data);

    /// <summary>Everything written before it is durable when it returns. Errors: EIO.</summary>
    public abstract Errno Flush();

    /// <summary>Says that a range is no longer needed; it may read as zeros or as before. Errors: EOPNOTSUPP, EIO.</summary>
    public virtual Errno Discard(long offset, long length) => Errno.EOPNOTSUPP;

    /// <summary>Whether a range that was discarded reads as zeros for certain: a hole in a file does, a range of a disk need not.</summary>
    public virtual bool DiscardedReadsZeros => false;

    /// <summary>Makes a range read as zeros, as a hole where the device can. Errors: as <see cref="Write"/>.</summary>
    public abstract Errno WriteZeros(long offset, long length);

    /// <summary>Makes the device at least so long; what is new reads as zeros. Errors: ENOSPC where it cannot grow, EFBIG, EROFS.</summary>
    public virtual Errno Extend(long minimumLength) => minimumLength <= Length ? Errno.None : Errno.ENOSPC;

    /// <summary>Whether a range lies within the device; also false for one that overflows.</summary>
    protected bool IsInside(long offset, long length) => offset >= 0 && length >= 0 && offset <= Length - length;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what is open. Nothing is flushed.</summary>
    protected abstract void Dispose(bool disposing);
}
