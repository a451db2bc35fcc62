using Ext2Union.BlockDevices;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>
/// A device whose superblocks, backups included, are kept in memory: a volume that is being filled can be mounted here, while whoever looks at the
/// device itself finds none. The formatter writes them when all else is durable, the primary last. Does not own the other device.
/// </summary>
internal sealed class HeldSuperblocks : BlockDevice
{
    private readonly BlockDevice device;
    private readonly long[] offsets;
    private readonly byte[] content;

    /// <summary>Holds what lies at these byte offsets, in rising order; the first is the primary's.</summary>
    public HeldSuperblocks(BlockDevice device, long[] offsets)
    {
        this.device = device;
        this.offsets = offsets;
        content = new byte[offsets.Length * Superblock.Bytes];
    }

    /// <inheritdoc/>
    public override string Name => device.Name;

    /// <inheritdoc/>
    public override long Length => device.Length;

    /// <inheritdoc/>
    public override bool IsReadOnly => device.IsReadOnly;

    /// <summary>The bytes of one of them.</summary>
    public Span<byte> this[int index] => content.AsSpan(index * Superblock.Bytes, Superblock.Bytes);

    /// <summary>How many there are.</summary>
    public int Count => offsets.Length;

    /// <summary>Where one of them lies.</summary>
    public long OffsetOf(int index) => offsets[index];

    /// <inheritdoc/>
    public override Errno Read(long offset, Span<byte> buffer)
    {
        Errno error = device.Read(offset, buffer);
        for (int index = First(offset); error == Errno.None && index < offsets.Length && offsets[index] < offset + buffer.Length; index++)
        {
            (long start, int length) = Common(index, offset, buffer.Length);
            this[index].Slice((int)(start - offsets[index]), length).CopyTo(buffer[(int)(start - offset)..]);
        }

        return error;
    }

    /// <inheritdoc/>
    public override Errno Write(long offset, ReadOnlySpan<byte> data)
    {
        int done = 0;
        for (int index = First(offset); index < offsets.Length && offsets[index] < offset + data.Length; index++)
        {
            (long start, int length) = Common(index, offset, data.Length);
            int place = (int)(start - offset);
            Errno error = place > done ? device.Write(offset + done, data[done..place]) : Errno.None;
            if (error != Errno.None)
            {
                return error;
            }

            data.Slice(place, length).CopyTo(this[index][(int)(start - offsets[index])..]);
            done = place + length;
        }

        return done < data.Length || data.Length == 0 ? device.Write(offset + done, data[done..]) : Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Flush() => device.Flush();

    /// <inheritdoc/>
    public override Errno Discard(long offset, long length) => device.Discard(offset, length);

    /// <inheritdoc/>
    public override bool DiscardedReadsZeros => device.DiscardedReadsZeros;

    /// <inheritdoc/>
    public override Errno WriteZeros(long offset, long length)
    {
        Errno error = device.WriteZeros(offset, length);
        for (int index = First(offset); error == Errno.None && index < offsets.Length && offsets[index] < offset + length; index++)
        {
            long start = Math.Max(offset, offsets[index]);
            long end = Math.Min(offset + length, offsets[index] + Superblock.Bytes);
            this[index][(int)(start - offsets[index])..(int)(end - offsets[index])].Clear();
        }

        return error;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }

    // The first one that ends behind an offset.
    private int First(long offset)
    {
        int index = Array.BinarySearch(offsets, offset - Superblock.Bytes + 1);
        return index < 0 ? ~index : index;
    }

    private (long Start, int Length) Common(int index, long offset, int length)
    {
        long start = Math.Max(offset, offsets[index]);
        return (start, (int)(Math.Min(offset + length, offsets[index] + Superblock.Bytes) - start));
    }
}
