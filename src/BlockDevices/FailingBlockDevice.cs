using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices;

/// <summary>
/// Another device of which one call fails: run with N = 1, 2, 3 ... until the run passes, and every error path has been taken. Owns the other device.
/// </summary>
public sealed class FailingBlockDevice(BlockDevice inner) : BlockDevice
{
    private readonly Lock gate = new();
    private readonly long[] counts = new long[4];
    private readonly long[] failAt = new long[4];
    private readonly Errno[] errors = new Errno[4];
    private readonly bool[] stays = new bool[4];

    /// <inheritdoc/>
    public override string Name => inner.Name;

    /// <inheritdoc/>
    public override long Length => inner.Length;

    /// <inheritdoc/>
    public override bool IsReadOnly => inner.IsReadOnly;

    /// <summary>How many calls were made to fail so far.</summary>
    public long Failures { get; private set; }

    /// <summary>
    /// Makes the <paramref name="number"/>-th call of this operation from now on (from 1) fail with <paramref name="error"/>, and those after it too
    /// when <paramref name="forEver"/>. Zero disarms.
    /// </summary>
    public void Arm(DeviceOperation operation, long number, Errno error, bool forEver = false)
    {
        lock (gate)
        {
            counts[(int)operation] = 0;
            failAt[(int)operation] = number;
            errors[(int)operation] = error;
            stays[(int)operation] = forEver;
        }
    }

    /// <summary>Calls of this operation since the start or the last <see cref="Arm"/> of it.</summary>
    public long Count(DeviceOperation operation)
    {
        lock (gate)
        {
            return counts[(int)operation];
        }
    }

    /// <inheritdoc/>
    public override Errno Read(long offset, Span<byte> buffer) =>
        Next(DeviceOperation.Read) is var error and not Errno.None ? error : inner.Read(offset, buffer);

    /// <inheritdoc/>
    public override Errno Write(long offset, ReadOnlySpan<byte> data) =>
        Next(DeviceOperation.Write) is var error and not Errno.None ? error : inner.Write(offset, data);

    /// <inheritdoc/>
    public override Errno Flush() => Next(DeviceOperation.Flush) is var error and not Errno.None ? error : inner.Flush();

    /// <inheritdoc/>
    public override Errno Discard(long offset, long length) =>
        Next(DeviceOperation.WriteZeros) is var error and not Errno.None ? error : inner.Discard(offset, length);

    /// <inheritdoc/>
    public override bool DiscardedReadsZeros => inner.DiscardedReadsZeros;

    /// <inheritdoc/>
    public override Errno WriteZeros(long offset, long length) =>
        Next(DeviceOperation.WriteZeros) is var error and not Errno.None ? error : inner.WriteZeros(offset, length);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }
    }

    private Errno Next(DeviceOperation operation)
    {
        lock (gate)
        {
            long number = ++counts[(int)operation];
            long at = failAt[(int)operation];
            if (at == 0 || number < at || (number > at && !stays[(int)operation]))
            {
                return Errno.None;
            }

            Failures++;
            return errors[(int)operation];
        }
    }
}
