namespace Ext2Union.Ext2.Fsck;

/// <summary>Blocks that lie one behind the other.</summary>
internal readonly record struct BlockRun(uint Start, uint Count);
