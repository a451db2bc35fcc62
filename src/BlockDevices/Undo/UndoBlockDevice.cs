using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices.Undo;

/// <summary>
/// Another device whose old content is kept in an undo file before it is overwritten. A write that could not be kept is not made. Owns neither the
/// device nor the log.
/// </summary>
public sealed class UndoBlockDevice(BlockDevice inner, UndoLog log) : BlockDevice
{
    private readonly Lock gate = new();

    /// <inheritdoc/>
    public override string Name => inner.Name;

    /// <inheritdoc/>
    public override long Length => inner.Length;

    /// <inheritdoc/>
    public override bool IsReadOnly => inner.IsReadOnly;

    /// <inheritdoc/>
    public override Errno Read(long offset, Span<byte> buffer) => inner.Read(offset, buffer);

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
            Errno error = log.Keep(offset, data.Length, data);
            return error == Errno.None ? inner.Write(offset, data) : error;
        }
    }

    /// <inheritdoc/>
    public override Errno Flush() => inner.Flush();

    /// <inheritdoc/>
    public override Errno WriteZeros(long offset, long length)
    {
        if (!IsInside(offset, length))
        {
            return Errno.EIO;
        }

        lock (gate)
        {
            Errno error = log.Keep(offset, length, []);
            return error == Errno.None ? inner.WriteZeros(offset, length) : error;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
