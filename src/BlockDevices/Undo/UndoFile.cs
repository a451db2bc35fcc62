using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices.Undo;

/// <summary>An undo file that was written, and the way back. Sentences about faults have no subject: the caller puts the file's name before them.</summary>
public sealed class UndoFile : IDisposable
{
    private readonly BlockDevice storage;
    private readonly List<UndoRecord> ranges = [];
    private readonly List<byte[]> identities = [];
    private UndoState state;
    private ReadOnlyMemory<byte> endings;

    private UndoFile(BlockDevice storage, UndoState state)
    {
        this.storage = storage;
        this.state = state;
    }

    /// <summary>Bytes of the device it was made for.</summary>
    public long DeviceLength => state.DeviceLength;

    /// <summary>Ranges that were overwritten; 0: there is nothing to undo.</summary>
    public int RangeCount => ranges.Count;

    /// <summary>Bytes that were overwritten at most: whole units are kept.</summary>
    public long RangeBytes => ranges.Sum(range => (long)range.Length);

    /// <summary>Reads and checks an undo file. On success it owns <paramref name="storage"/>.</summary>
    public static bool TryOpen(BlockDevice storage, [NotNullWhen(true)] out UndoFile? file, out string fault)
    {
        file = null;
        if (UndoFormat.DecodeSlots(storage) is not { } state)
        {
            fault = "is no undo file of fsck.ext2u";
            return false;
        }

        fault = state.End > storage.Length ? "is cut short; what is missing cannot be undone" : "";
        var opened = new UndoFile(storage, state);
        for (long position = UndoFormat.FirstRecord; position < state.End && fault.Length == 0;)
        {
            UndoRecord? record = UndoFormat.DecodeRecord(storage, position, state.End);
            fault = record is null || !opened.Take(record) ? $"is damaged at byte {position}; nothing was changed" : "";
            position += record is null ? 0 : UndoFormat.RecordBytes(record.Data.Length);
        }

        bool isWhole = fault.Length != 0 || state.Phase == UndoPhase.Open || opened.endings.Length == opened.ranges.Count * UndoFormat.HashBytes;
        fault = isWhole ? fault : "is damaged: it does not say how the check ended";
        file = fault.Length == 0 ? opened : null;
        return file is not null;
    }

    /// <summary>
    /// What speaks against undoing on this device: it is another volume, or was changed after the writer ended. Null: nothing. A file whose writer was
    /// killed says of the superblock alone how it must be; that is what a mount or another check would have changed.
    /// </summary>
    public string? Objection(BlockDevice device)
    {
        if (state.Phase == UndoPhase.Undone)
        {
            return "was undone already";
        }

        if (device.Length != state.DeviceLength)
        {
            return $"is for a volume on {state.DeviceLength} bytes, not {device.Length}";
        }

        byte[] identity = new byte[UndoFormat.IdentityBytes];
        bool hasIdentity = device.Length >= UndoFormat.IdentityOffset + identity.Length && device.Read(UndoFormat.IdentityOffset, identity) == Errno.None;
        if (hasIdentity && !IsKnown(identity))
        {
            return "is for another volume, or the volume was used since";
        }

        return state.Phase == UndoPhase.Finished && !IsAsItEnded(device) ? "is for a volume that was changed since" : null;
    }

    /// <summary>
    /// Writes back what was overwritten, the superblock last: until then the volume is what a check made of it and asks for one. May be cut off and
    /// called again. Errors: those of the devices.
    /// </summary>
    public Errno Undo(BlockDevice device)
    {
        Errno error = Enter(UndoPhase.Undoing);
        foreach (UndoRecord range in ranges.OrderByDescending(range => range.Offset))
        {
            error = error == Errno.None && range.Offset == 0 ? device.Flush() : error;
            error = error != Errno.None ? error
                : range.Kind == UndoRecordKind.Zeros ? device.WriteZeros(range.Offset, range.Length)
                : Restore(device, range);
        }

        error = error == Errno.None ? device.Flush() : error;
        return error == Errno.None ? Enter(UndoPhase.Undone) : error;
    }

    /// <inheritdoc/>
    public void Dispose() => storage.Dispose();

    // Content is read again where it is needed: a file of many gigabytes must not lie in memory.
    private bool Take(UndoRecord record)
    {
        bool isInside = record.Offset >= 0 && record.Length is >= 0 and <= UndoFormat.GranuleBytes && record.Offset <= state.DeviceLength - record.Length;
        switch (record.Kind)
        {
            case UndoRecordKind.Content when isInside && record.Data.Length == record.Length:
            case UndoRecordKind.Zeros when isInside && record.Data.IsEmpty:
                ranges.Add(record with { Data = default });
                if (record.Offset == 0 && record.Length >= UndoFormat.IdentityOffset + UndoFormat.IdentityBytes)
                {
                    identities.Add(record.Data.IsEmpty ? new byte[UndoFormat.IdentityBytes] : record.Data.Slice(UndoFormat.IdentityOffset, UndoFormat.IdentityBytes).ToArray());
                }

                return true;
            case UndoRecordKind.Identity when record.Data.Length == UndoFormat.IdentityBytes:
                identities.Add(record.Data.ToArray());
                return true;
            case UndoRecordKind.Ending when endings.IsEmpty:
                endings = record.Data;
                return true;
            default:
                return false;
        }
    }

    // By sectors, for a write that a crash tore holds some of each.
    private bool IsKnown(ReadOnlySpan<byte> identity)
    {
        if (identities.Count == 0)
        {
            return SHA256.HashData(identity).AsSpan().SequenceEqual(state.Identity);
        }

        for (int at = 0; at < identity.Length; at += UndoFormat.SectorBytes)
        {
            ReadOnlySpan<byte> sector = identity.Slice(at, UndoFormat.SectorBytes);
            bool isKnown = false;
            foreach (byte[] known in identities)
            {
                isKnown |= sector.SequenceEqual(known.AsSpan(at, UndoFormat.SectorBytes));
            }

            if (!isKnown)
            {
                return false;
            }
        }

        return true;
    }

    private bool IsAsItEnded(BlockDevice device)
    {
        byte[] content = new byte[UndoFormat.GranuleBytes];
        Span<byte> hash = stackalloc byte[UndoFormat.HashBytes];
        for (int index = 0; index < ranges.Count; index++)
        {
            Span<byte> now = content.AsSpan(0, ranges[index].Length);
            if (device.Read(ranges[index].Offset, now) != Errno.None)
            {
                return false;
            }

            _ = SHA256.HashData(now, hash);
            if (!hash.SequenceEqual(endings.Span.Slice(index * UndoFormat.HashBytes, UndoFormat.HashBytes)))
            {
                return false;
            }
        }

        return true;
    }

    private Errno Restore(BlockDevice device, UndoRecord range) =>
        UndoFormat.DecodeRecord(storage, range.Position, state.End) is { } record ? device.Write(range.Offset, record.Data.Span) : Errno.EIO;

    private Errno Enter(UndoPhase phase)
    {
        state = state with { Phase = phase, Sequence = state.Sequence + 1 };
        Errno error = storage.Write(state.Sequence % 2 * UndoFormat.SlotBytes, UndoFormat.EncodeSlot(state));
        return error == Errno.None ? storage.Flush() : error;
    }
}
