namespace Ext2Union.Union;

/// <summary>Who a layer's inode is in the union.</summary>
/// <param name="Number">The number shown.</param>
/// <param name="Generation">The generation shown.</param>
/// <param name="LinkOffset">Visible links less those that the inode counts.</param>
/// <param name="IsIndexed">It is a copy on the top that is entered in the index.</param>
internal readonly record struct Identity(ulong Number, uint Generation, int LinkOffset, bool IsIndexed);
