namespace Ext2Union.BlockDevices;

/// <summary>One call that a <see cref="RecordingBlockDevice"/> saw succeed.</summary>
/// <param name="Operation">A write, a write of zeros or a flush.</param>
/// <param name="Offset">Where, bytes.</param>
/// <param name="Length">How much, bytes.</param>
/// <param name="Data">What a write wrote; empty for zeros and flushes.</param>
public sealed record RecordedOperation(DeviceOperation Operation, long Offset, long Length, byte[] Data);
