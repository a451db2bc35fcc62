using Ext2Union.BlockDevices;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// The checker's only way to the device. Repairs go out at once and in the order in which they are made, so a run that ends anywhere leaves
/// what the repairs up to there left; before the first of them the volume is marked as not clean. The host's page cache is the cache: a
/// checker reads most blocks once.
/// </summary>
internal sealed class VolumeStore(BlockDevice device, Reporter reporter)
{
    private Action? beforeFirstWrite;
    private bool isUnsettled;

    /// <summary>Bytes of a block; set when the superblock has been chosen.</summary>
    public int BlockBytes { get; set; } = 1024;

    public long DeviceBytes => device.Length;

    /// <summary>Whether a repair was written.</summary>
    public bool HasWritten { get; private set; }

    /// <summary>Bytes read so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Bytes written so far.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>Runs once, before the first repair is written.</summary>
    public void BeforeFirstWrite(Action action) => beforeFirstWrite = action;

    public void Read(uint block, Span<byte> buffer) => ReadBytes((long)block * BlockBytes, buffer);

    public void Write(uint block, ReadOnlySpan<byte> data) => WriteBytes((long)block * BlockBytes, data);

    public void ReadBytes(long offset, Span<byte> buffer)
    {
        BytesRead += buffer.Length;
        Errno error = device.Read(offset, buffer);
        if (error != Errno.None)
        {
            reporter.SayOfVolume($"bytes {offset}..{offset + buffer.Length - 1} cannot be read ({error}); check the device with badblocks(8).");
            throw new CheckStopped(StopReason.Device);
        }
    }

    /// <summary>As <see cref="ReadBytes"/>, but a place that cannot be read is an answer: for guesses where a backup may lie.</summary>
    public bool TryReadBytes(long offset, Span<byte> buffer) =>
        offset + buffer.Length <= device.Length && device.Read(offset, buffer) == Errno.None;

    /// <summary>Says what will be read soon.</summary>
    public void WillRead(long offset, long length) => device.WillRead(offset, length);

    public void WriteBytes(long offset, ReadOnlySpan<byte> data)
    {
        if (!HasWritten)
        {
            HasWritten = true;
            beforeFirstWrite?.Invoke();
        }
        BytesWritten += data.Length;
        isUnsettled = true;
        Errno error = device.Write(offset, data);
        if (error != Errno.None)
        {
            reporter.SayOfVolume($"bytes {offset}..{offset + data.Length - 1} cannot be written ({error}); the volume is not repaired.");
            throw new CheckStopped(StopReason.Device);
        }
    }

    /// <summary>
    /// What was written before is durable when it returns; nothing is done where nothing was. For writes that must not be overtaken: what replaces something, before that
    /// goes; a block's former owner without it, before another has it.
    /// </summary>
    public void Settle()
    {
        if (isUnsettled)
        {
            Flush();
        }
    }

    /// <summary>What was written before is durable when it returns.</summary>
    public void Flush()
    {
        isUnsettled = false;
        Errno error = device.Flush();
        if (error != Errno.None)
        {
            reporter.SayOfVolume($"what was repaired could not be made durable ({error}); check again.");
            throw new CheckStopped(StopReason.Device);
        }
    }
}
