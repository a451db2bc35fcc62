using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// Layers by the numbers under which records know them (docs/FORMAT.md, "The table of lowers"), and by their place in the stack: 0 is the top, 1 the highest lower.
/// </summary>
internal sealed class LayerNumbers(IReadOnlyList<FileSystem> lowers)
{
    /// <summary>The number of a lower in the top's table, by its place in the stack.</summary>
    public ushort Of(int place) => (ushort)place;

    /// <summary>
    /// The place in this stack of the lower that a record held by a layer (itself by its place) calls <paramref name="number"/>. Always a greater place than the holder's.
    /// False: that lower is not in the stack.
    /// </summary>
    public bool TryPlace(int holder, ushort number, out int place)
    {
        place = holder + number;
        return number > 0 && place <= lowers.Count;
    }
}
