namespace Ext2Union.BlockDevices.Partitions;

/// <summary>Where a partition lies on its disk.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Length">Bytes; it ends inside the disk.</param>
public readonly record struct Partition(long Start, long Length);
