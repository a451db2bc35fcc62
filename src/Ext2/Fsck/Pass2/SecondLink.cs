namespace Ext2Union.Ext2.Fsck;

/// <summary>An entry that leads to a directory to which another entry led before.</summary>
internal readonly record struct SecondLink(uint Directory, uint Child, EntryPlace Place);
