using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>Which kinds of layers a union of a run has.</summary>
internal interface IUnionRecipe : IDisposable
{
    /// <summary>A new, empty top.</summary>
    public FileSystem NewTop();

    /// <summary>A lower that holds what these steps make; the same tree lies in a directory of the host.</summary>
    public FileSystem NewLower(IReadOnlyList<Operation> steps, string hostDirectory);

    /// <summary>Takes a layer down and brings it up again, as a remount does.</summary>
    public FileSystem Reopen(FileSystem layer, bool isTop);

    /// <summary>Judges the top when the run is over: null, or what is wrong with it.</summary>
    public string? Judge(FileSystem top);
}
