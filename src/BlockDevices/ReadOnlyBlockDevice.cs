using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices;

/// <summary>Another device through which nothing can be written. Owns the other device.</summary>
public sealed class ReadOnlyBlockDevice(BlockDevice inner) : BlockDevice
{
    /// <inheritdoc/>
    public override string Name => inner.Name;

    /// <inheritdoc/>
    public override long Length => inner.Length;

    /// <inheritdoc/>
    public override bool IsReadOnly => true;

    /// <inheritdoc/>
    public override Errno Read(long offset, Span<byte> buffer) => inner.Read(offset, buffer);

    /// <inheritdoc/>
    public override void WillRead(long offset, long length) => inner.WillRead(offset, length);

    /// <inheritdoc/>
    public override Errno Write(long offset, ReadOnlySpan<byte> data) => Errno.EROFS;

    /// <summary>Nothing can have been written, so there is nothing to do.</summary>
    public override Errno Flush() => Errno.None;

    /// <inheritdoc/>
    public override Errno Discard(long offset, long length) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno WriteZeros(long offset, long length) => Errno.EROFS;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }
    }
}
