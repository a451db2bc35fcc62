namespace Ext2Union.Ext2.OnDisk;

/// <summary>Where an inode lies.</summary>
/// <param name="Group">Its group.</param>
/// <param name="Index">Its bit in the group's inode bitmap.</param>
/// <param name="TableBlock">Blocks from the start of the group's inode table.</param>
/// <param name="Offset">Bytes from the start of that block.</param>
public readonly record struct InodeLocation(uint Group, int Index, uint TableBlock, int Offset);
