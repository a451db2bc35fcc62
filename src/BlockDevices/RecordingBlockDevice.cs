using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices;

/// <summary>
/// Another device whose writes and flushes are kept with their data, so that any state a crash could leave can be built afterwards: what came before a
/// flush is there; of what came after, each sector may or may not have reached the medium, in any order. Owns the other device.
/// </summary>
public sealed class RecordingBlockDevice(BlockDevice inner) : BlockDevice
{
    /// <summary>What a medium writes whole or not at all, bytes.</summary>
    public const int SectorBytes = 512;

    private readonly Lock gate = new();
    private readonly List<RecordedOperation> log = [];

    /// <inheritdoc/>
    public override string Name => inner.Name;

    /// <inheritdoc/>
    public override long Length => inner.Length;

    /// <inheritdoc/>
    public override bool IsReadOnly => inner.IsReadOnly;

    /// <summary>How many operations were recorded: the crash points 0..Count.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return log.Count;
            }
        }
    }

    /// <summary>What was recorded so far, in order.</summary>
    public RecordedOperation[] Log()
    {
        lock (gate)
        {
            return [.. log];
        }
    }

    /// <summary>Forgets the record. A rebuild then starts from the device's content of this moment.</summary>
    public void Clear()
    {
        lock (gate)
        {
            log.Clear();
        }
    }

    /// <summary>The state after exactly the first <paramref name="count"/> operations. <paramref name="start"/> holds what the device held when the record began.</summary>
    public Errno ReplayPrefix(BlockDevice start, int count)
    {
        Errno error = Errno.None;
        foreach (RecordedOperation operation in Log().AsSpan(0, count))
        {
            error = error == Errno.None ? Apply(start, operation, 0, operation.Length) : error;
        }

        return error;
    }

    /// <summary>
    /// A state that a power loss after <paramref name="count"/> operations may leave: all up to the last flush among them, and of the rest each
    /// write wholly, not at all, or torn at sectors, as <paramref name="random"/> has it.
    /// </summary>
    public Errno ReplayCrash(BlockDevice start, int count, Random random)
    {
        RecordedOperation[] operations = Log();
        int durable = LastFlush(operations.AsSpan(0, count)) + 1;
        Errno error = ReplayPrefix(start, durable);
        for (int index = durable; index < count && error == Errno.None; index++)
        {
            RecordedOperation operation = operations[index];
            error = random.Next(4) switch
            {
                0 => Errno.None,
                1 => ApplyTorn(start, operation, random),
                _ => Apply(start, operation, 0, operation.Length),
            };
        }

        return error;
    }

    /// <inheritdoc/>
    public override Errno Read(long offset, Span<byte> buffer) => inner.Read(offset, buffer);

    /// <inheritdoc/>
    public override Errno Write(long offset, ReadOnlySpan<byte> data)
    {
        lock (gate)
        {
            Errno error = inner.Write(offset, data);
            return Record(error, new RecordedOperation(DeviceOperation.Write, offset, data.Length, data.ToArray()));
        }
    }

    /// <inheritdoc/>
    public override Errno Flush()
    {
        lock (gate)
        {
            return Record(inner.Flush(), new RecordedOperation(DeviceOperation.Flush, 0, 0, []));
        }
    }

    /// <summary>A discarded range may read as anything afterwards, so nothing may rest on it: it is passed on and not recorded.</summary>
    public override Errno Discard(long offset, long length) => inner.Discard(offset, length);

    /// <inheritdoc/>
    public override Errno WriteZeros(long offset, long length)
    {
        lock (gate)
        {
            return Record(inner.WriteZeros(offset, length), new RecordedOperation(DeviceOperation.WriteZeros, offset, length, []));
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }
    }

    private static int LastFlush(ReadOnlySpan<RecordedOperation> operations)
    {
        int index = operations.Length - 1;
        while (index >= 0 && operations[index].Operation != DeviceOperation.Flush)
        {
            index--;
        }

        return index;
    }

    private static Errno ApplyTorn(BlockDevice target, RecordedOperation operation, Random random)
    {
        Errno error = Errno.None;
        for (long done = 0; done < operation.Length && error == Errno.None; done += SectorBytes)
        {
            if (random.Next(2) == 0)
            {
                error = Apply(target, operation, done, Math.Min(SectorBytes, operation.Length - done));
            }
        }

        return error;
    }

    private static Errno Apply(BlockDevice target, RecordedOperation operation, long start, long length) => operation.Operation switch
    {
        DeviceOperation.Write => target.Write(operation.Offset + start, operation.Data.AsSpan((int)start, (int)length)),
        DeviceOperation.WriteZeros => target.WriteZeros(operation.Offset + start, length),
        _ => Errno.None,
    };

    private Errno Record(Errno error, RecordedOperation operation)
    {
        if (error == Errno.None)
        {
            log.Add(operation);
        }

        return error;
    }
}
