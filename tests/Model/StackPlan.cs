namespace Ext2Union.Model.Tests;

/// <summary>What a run is on.</summary>
internal enum StackKind
{
    KernelExt2,
    KernelExt4,
    PlainExt2,
    PlainTmpfs,
    UnionOnExt2,
    UnionOnTmpfs,
}

/// <summary>A stack before it is made.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Layers">The calls that make the content of each layer, highest first.</param>
/// <param name="AreImages">For each of them whether it becomes an ext2 image, or stays a directory.</param>
/// <param name="FillsTop">The first of them is no lower but the content the top begins with.</param>
internal sealed record StackPlan(StackKind Kind, IReadOnlyList<IReadOnlyList<Calls.Call>> Layers, IReadOnlyList<bool> AreImages, bool FillsTop);
