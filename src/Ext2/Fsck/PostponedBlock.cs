namespace Ext2Union.Ext2.Fsck;

/// <summary>A repaired indirect block that is not yet written.</summary>
/// <param name="Block">Where it lies.</param>
/// <param name="Content">What it is to hold.</param>
internal readonly record struct PostponedBlock(uint Block, byte[] Content);
