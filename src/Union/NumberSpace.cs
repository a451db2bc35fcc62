namespace Ext2Union.Union;

/// <summary>
/// Inode numbers of a union: the layer's number in the high bits, the layer's own inode number below. The top is layer 0, so its objects keep
/// their numbers; lowers are called as the top's table calls them. What does not fit (hosts with 64-bit inode numbers, a stranger numbered like the root) is folded: it gets the next
/// free number of a range of its own, the same one as long as the union is mounted. Guarded by the tree lock.
/// </summary>
internal sealed class NumberSpace
{
    /// <summary>The root's number, as FUSE wants it.</summary>
    public const ulong Root = 1;

    /// <summary>Layers that can be told apart.</summary>
    public const int MaximumLayers = FoldedLayer;

    private const int LayerShift = 48;
    private const int FoldedLayer = 0x7FFF;
    private const ulong InodeMask = (1UL << LayerShift) - 1;

    private readonly Dictionary<(int Layer, ulong Inode), ulong> folded = [];
    private readonly List<(int Layer, ulong Inode)> unfolded = [];

    /// <summary>
    /// Part of the generation of what is folded, drawn anew for each mount: the same number is another object's in the next, and a file handle must not lead to it.
    /// </summary>
    public uint FoldedGeneration { get; } = (uint)Random.Shared.Next(1, int.MaxValue);

    /// <summary>Whether a number was made by folding.</summary>
    public static bool IsFolded(ulong number) => (int)(number >> LayerShift) == FoldedLayer;

    /// <summary>The union's number for a layer's inode.</summary>
    public ulong Of(int layer, ulong inode)
    {
        ulong number = ((ulong)layer << LayerShift) | inode;
        return inode <= InodeMask && number > Root ? number : Fold(layer, inode);
    }

    /// <summary>Takes a number apart. False: it was never given out by folding.</summary>
    public bool TrySplit(ulong number, out int layer, out ulong inode)
    {
        layer = (int)(number >> LayerShift);
        inode = number & InodeMask;
        if (layer != FoldedLayer)
        {
            return layer < FoldedLayer;
        }

        if (inode >= (ulong)unfolded.Count)
        {
            return false;
        }

        (layer, inode) = unfolded[(int)inode];
        return true;
    }

    /// <summary>A number of the range for what does not fit; the same one whenever it is asked for.</summary>
    public ulong Fold(int layer, ulong inode)
    {
        if (!folded.TryGetValue((layer, inode), out ulong number))
        {
            number = ((ulong)FoldedLayer << LayerShift) | (uint)unfolded.Count;
            unfolded.Add((layer, inode));
            folded.Add((layer, inode), number);
        }

        return number;
    }
}
