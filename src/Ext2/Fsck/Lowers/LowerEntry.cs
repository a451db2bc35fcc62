using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>What a directory of a layer holds under a name.</summary>
/// <param name="Slot">An object or a mark; never absent.</param>
/// <param name="Node">The object; default of a mark.</param>
public readonly record struct LowerEntry(SlotKind Slot, LowerNode Node);
