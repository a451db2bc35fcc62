using Ext2Union.Tests.Support;

namespace Ext2Union.Conformance.Tests.Plain;

/// <summary>One tree with one of everything, made once for all tests of a class.</summary>
public sealed class RecipeTree : IDisposable
{
    private readonly ScratchDirectory scratch = new("recipe");

    public RecipeTree() => TreeRecipe.Everything(scratch.FullPath);

    /// <summary>Where it is.</summary>
    public string FullPath => scratch.FullPath;

    public void Dispose() => scratch.Dispose();
}
