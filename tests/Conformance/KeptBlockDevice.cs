using Ext2Union.BlockDevices;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests;

/// <summary>A device in memory that outlives the volume on it, so that the volume can be mounted again and judged.</summary>
internal sealed class KeptBlockDevice(MemoryBlockDevice kept) : BlockDevice
{
    /// <summary>What lies behind it.</summary>
    public MemoryBlockDevice Memory => kept;

    public override string Name => kept.Name;

    public override long Length => kept.Length;

    public override bool IsReadOnly => kept.IsReadOnly;

    public override Errno Read(long offset, Span<byte> buffer) => kept.Read(offset, buffer);

    public override Errno Write(long offset, ReadOnlySpan<byte> data) => kept.Write(offset, data);

    public override Errno Flush() => kept.Flush();

    public override Errno Discard(long offset, long length) => kept.Discard(offset, length);

    public override Errno WriteZeros(long offset, long length) => kept.WriteZeros(offset, length);

    protected override void Dispose(bool disposing)
    {
    }
}
