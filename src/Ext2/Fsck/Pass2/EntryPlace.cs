namespace Ext2Union.Ext2.Fsck;

/// <summary>Where an entry lies: block of the volume and offset in it.</summary>
internal readonly record struct EntryPlace(uint Block, int Offset);
