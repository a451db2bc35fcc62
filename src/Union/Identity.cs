namespace Ext2Union.Union;

/// <summary>Who an object that was copied up is, for as long as the union is mounted.</summary>
/// <param name="Number">The number it had before.</param>
/// <param name="Generation">The generation it had before.</param>
/// <param name="LinkOffset">Links that its inode on top does not count.</param>
internal readonly record struct Identity(ulong Number, uint Generation, int LinkOffset);
