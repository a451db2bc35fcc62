namespace Ext2Union.BlockDevices.Undo;

/// <summary>One record of an undo file.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Position">Where it lies in the file.</param>
/// <param name="Offset">Where its range lies on the device.</param>
/// <param name="Length">Bytes of the range.</param>
/// <param name="Data">What the kind says.</param>
internal sealed record UndoRecord(UndoRecordKind Kind, long Position, long Offset, int Length, ReadOnlyMemory<byte> Data);
