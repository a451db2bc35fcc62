namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Bytes of a volume that a recipe names.</summary>
/// <param name="At">First byte.</param>
/// <param name="Bytes">How many.</param>
/// <param name="Number">What the place stands for where a number is asked for and no field is named: an inode or a block; else null.</param>
/// <param name="Settle">What must follow a change: the hash of an attribute.</param>
internal readonly record struct RecipePlace(long At, int Bytes, uint? Number = null, Action? Settle = null);
