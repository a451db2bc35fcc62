namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Where an extended attribute lies.</summary>
/// <param name="Entry">First byte of its entry; 0: there is none.</param>
/// <param name="Start">First byte of its value.</param>
/// <param name="IsInside">In the inode, where nothing is hashed; else in a block.</param>
internal readonly record struct AttributePlace(long Entry, int Start, bool IsInside);
