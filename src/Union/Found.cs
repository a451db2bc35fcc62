using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>The highest object that stands for a name, as the walk over the layers found it. Carries one reference.</summary>
/// <param name="Inode">The layer's inode.</param>
/// <param name="Layer">Its layer; 0 is the top.</param>
/// <param name="TwinIndex">Which twin of the directory had it; -1 when the top had it.</param>
internal readonly record struct Found(Inode Inode, int Layer, int TwinIndex);
