using Ext2Union.BlockDevices;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mount;

/// <summary>A device whose flushes are left out (option volatile): quicker, and after a crash of the machine its content is worth nothing.</summary>
internal sealed class VolatileBlockDevice(BlockDevice device) : BlockDevice
{
    /// <inheritdoc/>
    public override string Name => device.Name;

    /// <inheritdoc/>
    public override long Length => device.Length;

    /// <inheritdoc/>
    public override bool IsReadOnly => device.IsReadOnly;

    /// <inheritdoc/>
    public override Errno SetReadOnly(bool readOnly) => device.SetReadOnly(readOnly);

    /// <inheritdoc/>
    public override Errno Read(long offset, Span<byte> buffer) => device.Read(offset, buffer);

    /// <inheritdoc/>
    public override Errno Write(long offset, ReadOnlySpan<byte> data) => device.Write(offset, data);

    /// <inheritdoc/>
    public override Errno Flush() => Errno.None;

    /// <inheritdoc/>
    public override Errno Discard(long offset, long length) => device.Discard(offset, length);

    /// <inheritdoc/>
    public override Errno WriteZeros(long offset, long length) => device.WriteZeros(offset, length);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            device.Dispose();
        }
    }
}
