using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>A lower directory that a directory of the union merges. Holds one reference to it.</summary>
/// <param name="Layer">The layer's number; 1 is the highest lower.</param>
/// <param name="Directory">The directory there.</param>
internal readonly record struct Twin(int Layer, DirectoryInode Directory)
{
    /// <summary>No twins. Shared, so that a directory without lower content costs nothing.</summary>
    public static readonly Twin[] None = [];

    /// <summary>Whether the layer says that names absent in it end here.</summary>
    public bool IsOpaque => Directory is LayerDirectory { IsOpaque: true };

    /// <summary>Gives the references of a stack back.</summary>
    public static void Release(ReadOnlySpan<Twin> twins)
    {
        foreach (Twin twin in twins)
        {
            twin.Directory.Release();
        }
    }
}
