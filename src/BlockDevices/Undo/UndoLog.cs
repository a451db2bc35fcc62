using System.Security.Cryptography;
using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices.Undo;

/// <summary>
/// Writes an undo file: what a device held is durable here before it is overwritten there for the first time. Two flushes for each new range: the
/// record, then the slot that says the record counts, so a file that was cut short is told from one whose last record was never relied on.
/// </summary>
public sealed class UndoLog : IDisposable
{
    private readonly BlockDevice storage;
    private readonly BlockDevice device;
    private readonly HashSet<long> granules = [];
    private readonly List<(long Offset, int Length)> ranges = [];
    private readonly byte[] identity = new byte[UndoFormat.IdentityBytes];
    private UndoState state;

    private UndoLog(BlockDevice storage, BlockDevice device)
    {
        this.storage = storage;
        this.device = device;
    }

    /// <summary>Whether anything was kept: without it there is nothing to undo.</summary>
    public bool HasRanges => ranges.Count > 0;

    /// <summary>What the storage answered when it failed; from then on nothing may be written to the device.</summary>
    public Errno Failure { get; private set; }

    /// <summary>The failure is the device's, not the storage's: what was to be kept could not be read.</summary>
    public bool IsDeviceUnreadable { get; private set; }

    /// <summary>Begins an undo file in <paramref name="storage"/>, which it owns, for a device. Errors: those of the two.</summary>
    public static Result<UndoLog> Create(BlockDevice storage, BlockDevice device)
    {
        var log = new UndoLog(storage, device);
        Errno error = device.Length >= UndoFormat.IdentityOffset + UndoFormat.IdentityBytes ? device.Read(UndoFormat.IdentityOffset, log.identity) : Errno.None;
        log.state = new UndoState(UndoPhase.Open, 0, device.Length, UndoFormat.FirstRecord, SHA256.HashData(log.identity));
        error = error == Errno.None ? storage.Extend(UndoFormat.FirstRecord) : error;
        // Both slots: one that an earlier use left must not count.
        error = error == Errno.None ? log.Commit(UndoPhase.Open) : error;
        error = error == Errno.None ? log.Commit(UndoPhase.Open) : error;
        return error == Errno.None ? log : error;
    }

    /// <summary>Keeps what the device holds where it is about to be written; <paramref name="data"/> is what comes there, null for zeros.</summary>
    internal Errno Keep(long offset, long length, ReadOnlySpan<byte> data)
    {
        if (Failure != Errno.None || length == 0)
        {
            return Failure;
        }

        bool hasNew = false;
        for (long granule = offset / UndoFormat.GranuleBytes; granule <= (offset + length - 1) / UndoFormat.GranuleBytes && Failure == Errno.None; granule++)
        {
            if (granules.Add(granule))
            {
                hasNew = true;
                Failure = KeepGranule(granule * UndoFormat.GranuleBytes);
            }
        }

        if (offset < UndoFormat.IdentityOffset + UndoFormat.IdentityBytes && offset + length > UndoFormat.IdentityOffset && Failure == Errno.None)
        {
            hasNew = true;
            Failure = KeepIdentity(offset, length, data);
        }

        Failure = Failure == Errno.None && hasNew ? Commit(UndoPhase.Open) : Failure;
        return Failure;
    }

    /// <summary>Notes how the device is now, so that a later change by somebody else is seen before it is undone. Errors: those of the two.</summary>
    public Errno Finish()
    {
        byte[] hashes = new byte[ranges.Count * UndoFormat.HashBytes];
        byte[] content = new byte[UndoFormat.GranuleBytes];
        for (int index = 0; index < ranges.Count && Failure == Errno.None; index++)
        {
            (long offset, int length) = ranges[index];
            Failure = device.Read(offset, content.AsSpan(0, length));
            _ = SHA256.HashData(content.AsSpan(0, length), hashes.AsSpan(index * UndoFormat.HashBytes));
        }

        Failure = Failure == Errno.None ? Append(UndoRecordKind.Ending, 0, 0, hashes) : Failure;
        Failure = Failure == Errno.None ? Commit(UndoPhase.Finished) : Failure;
        return Failure;
    }

    /// <inheritdoc/>
    public void Dispose() => storage.Dispose();

    private Errno KeepGranule(long offset)
    {
        byte[] content = new byte[Math.Min(UndoFormat.GranuleBytes, device.Length - offset)];
        Errno error = device.Read(offset, content);
        if (error != Errno.None)
        {
            IsDeviceUnreadable = true;
            return error;
        }

        ranges.Add((offset, content.Length));
        bool isZero = content.AsSpan().IndexOfAnyExcept((byte)0) < 0;
        return Append(isZero ? UndoRecordKind.Zeros : UndoRecordKind.Content, offset, content.Length, isZero ? [] : content);
    }

    private Errno KeepIdentity(long offset, long length, ReadOnlySpan<byte> data)
    {
        for (int index = 0; index < identity.Length; index++)
        {
            long at = UndoFormat.IdentityOffset + index - offset;
            identity[index] = at < 0 || at >= length ? identity[index] : data.IsEmpty ? (byte)0 : data[(int)at];
        }

        return Append(UndoRecordKind.Identity, UndoFormat.IdentityOffset, identity.Length, identity);
    }

    private Errno Append(UndoRecordKind kind, long offset, int length, ReadOnlySpan<byte> data)
    {
        byte[] record = UndoFormat.EncodeRecord(kind, state.End, offset, length, data);
        Errno error = storage.Extend(state.End + record.Length);
        error = error == Errno.None ? storage.Write(state.End, record) : error;
        state = error == Errno.None ? state with { End = state.End + record.Length } : state;
        return error;
    }

    private Errno Commit(UndoPhase phase)
    {
        state = state with { Phase = phase, Sequence = state.Sequence + 1 };
        Errno error = storage.Flush();
        error = error == Errno.None ? storage.Write(state.Sequence % 2 * UndoFormat.SlotBytes, UndoFormat.EncodeSlot(state)) : error;
        return error == Errno.None ? storage.Flush() : error;
    }
}
