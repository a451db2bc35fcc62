namespace Ext2Union.Ext2.Fsck;

/// <summary>What was found under a name below the top.</summary>
/// <param name="Place">The layer's place in the stack.</param>
/// <param name="TwinIndex">Which of the twins holds it; -1 when none does.</param>
/// <param name="Node">The object.</param>
internal readonly record struct LowerFound(int Place, int TwinIndex, LowerNode Node);
