using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices;

/// <summary>A byte range of another device: a partition, or a volume at an offset. Owns the other device.</summary>
public sealed class RangeBlockDevice : BlockDevice
{
    private readonly BlockDevice whole;
    private readonly long start;

    /// <summary>Shows <paramref name="length"/> bytes from <paramref name="start"/>. Requires: the range lies inside.</summary>
    public RangeBlockDevice(BlockDevice whole, long start, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, whole.Length - length);
        this.whole = whole;
        this.start = start;
        Length = length;
    }

    /// <inheritdoc/>
    public override string Name => whole.Name;

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override bool IsReadOnly => whole.IsReadOnly;

    /// <inheritdoc/>
    public override Errno SetReadOnly(bool readOnly) => whole.SetReadOnly(readOnly);

    /// <inheritdoc/>
    public override Errno Read(long offset, Span<byte> buffer) =>
        IsInside(offset, buffer.Length) ? whole.Read(start + offset, buffer) : Errno.EIO;

    /// <inheritdoc/>
    public override void WillRead(long offset, long length)
    {
        if (IsInside(offset, length))
        {
            whole.WillRead(start + offset, length);
        }
    }

    /// <inheritdoc/>
    public override Errno Write(long offset, ReadOnlySpan<byte> data) =>
        IsInside(offset, data.Length) ? whole.Write(start + offset, data) : Errno.EIO;

    /// <inheritdoc/>
    public override Errno Flush() => whole.Flush();

    /// <inheritdoc/>
    public override Errno Discard(long offset, long length) =>
        IsInside(offset, length) ? whole.Discard(start + offset, length) : Errno.EIO;

    /// <inheritdoc/>
    public override bool DiscardedReadsZeros => whole.DiscardedReadsZeros;

    /// <inheritdoc/>
    public override Errno WriteZeros(long offset, long length) =>
        IsInside(offset, length) ? whole.WriteZeros(start + offset, length) : Errno.EIO;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            whole.Dispose();
        }
    }
}
