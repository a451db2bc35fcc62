using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>An object of a lower.</summary>
/// <param name="Number">Its inode number there.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Path">From the layer's root, without leading slash, in layers that find nothing by number; null in others.</param>
public readonly record struct LowerNode(ulong Number, InodeKind Kind, byte[]? Path = null);
