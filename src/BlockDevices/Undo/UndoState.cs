namespace Ext2Union.BlockDevices.Undo;

/// <summary>What a slot of an undo file says.</summary>
/// <param name="Phase">What has become of it.</param>
/// <param name="Sequence">Number of the slot: the higher one counts.</param>
/// <param name="DeviceLength">Bytes of the device it was made for.</param>
/// <param name="End">Bytes of the file that hold records for certain.</param>
/// <param name="Identity">SHA-256 of the device's identity bytes before the first write.</param>
internal readonly record struct UndoState(UndoPhase Phase, long Sequence, long DeviceLength, long End, byte[] Identity);
