namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>A line of a recipe that cannot be understood or carried out.</summary>
internal sealed class RecipeSyntaxException(string message) : Exception(message);
