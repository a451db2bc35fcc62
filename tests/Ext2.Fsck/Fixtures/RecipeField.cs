namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>A named field: where it begins in its structure and how many bytes it has.</summary>
internal readonly record struct RecipeField(int Offset, int Bytes);
