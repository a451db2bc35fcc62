using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// Says who a layer's inode is in the union: a copy is numbered like its source, and its source like the source of that if it is a copy in a former top, as far
/// down as the stack holds them. So a number is the same before and after a copy-up, after a remount, and after a top has become a lower. Guarded by the tree lock.
/// </summary>
internal sealed class Identities(UnionFileSystem union)
{
    private readonly NumberSpace space = new();
    private readonly Dictionary<(int Place, ulong Inode), ulong> others = [];

    private LayerNumbers Layers => union.LayerNumbers;

    /// <summary>Who an inode is, by the place of its layer. Errors: EIO, EUCLEAN.</summary>
    public Errno Of(int place, Inode inode, out Identity identity)
    {
        if (Layers.HoldsRecords(place))
        {
            Errno error = inode.GetCopySource([], out CopySource source, out _);
            if (error != Errno.ENODATA)
            {
                identity = error == Errno.None ? Shown(FromRecord(place, inode, source)) : default;
                return error;
            }
        }

        identity = Shown(new Identity(NumberOf(place, inode.Number), inode.Generation, 0, false));
        return Errno.None;
    }

    /// <summary>The number of a layer's inode, by the place of its layer. Makes no garbage and no inode: listings ask for every name.</summary>
    public ulong NumberOf(int place, ulong inode)
    {
        if (others.Count > 0 && others.TryGetValue((place, inode), out ulong number))
        {
            return number;
        }

        uint generation = 0;
        Descend(ref place, ref inode, ref generation);
        return space.Of(Layers.Of(place), inode);
    }

    /// <summary>
    /// Gives an inode a number of its own while another object that is alive claims the one it would have: two copies of one source, which were not made through
    /// this union. It keeps that number as long as the union is mounted.
    /// </summary>
    public ulong Separate(int place, ulong inode)
    {
        if (!others.TryGetValue((place, inode), out ulong number))
        {
            number = place == 0 ? space.Of(0, inode) : space.Fold(Layers.Of(place), inode);
            others.Add((place, inode), number);
        }

        return number;
    }

    /// <summary>Takes a number apart: the place of its layer and the inode number there. False: nothing in this stack can have it.</summary>
    public bool TrySplit(ulong number, out int place, out ulong inode)
    {
        place = -1;
        return space.TrySplit(number, out int layer, out inode) && Layers.TryPlaceOf(layer, out place);
    }

    private Identity Shown(in Identity identity) =>
        NumberSpace.IsFolded(identity.Number) ? identity with { Generation = identity.Generation ^ space.FoldedGeneration } : identity;

    private Identity FromRecord(int place, Inode inode, in CopySource source)
    {
        bool isInStack = Layers.TryPlace(place, source.Layer, out int below);
        (ulong number, uint generation) = (inode.Number, inode.Generation);
        if (isInStack)
        {
            (number, generation) = (source.Inode, source.Generation);
            Descend(ref below, ref number, ref generation);
        }

        // The entry in the index is no name. Names of a source that is not in this stack show nowhere.
        int offset = !source.IsIndexed ? 0 : isInStack ? (int)Math.Min(source.LowerNames, int.MaxValue) - 1 : -1;
        offset -= offset >= 0 && place == 0 ? Math.Min(offset + 1, union.LostNames.CountOf(inode.Number)) : 0;
        bool isSeparate = others.Count > 0 && others.TryGetValue((place, inode.Number), out _);
        number = isSeparate ? others[(place, inode.Number)] : space.Of(Layers.Of(isInStack ? below : place), number);
        return new Identity(number, generation, offset, source.IsIndexed && place == 0);
    }

    private void Descend(ref int place, ref ulong inode, ref uint generation)
    {
        while (Layers.HoldsRecords(place)
            && union.LayerOf(place)!.TryGetCopySource(inode, out CopySource source)
            && Layers.TryPlace(place, source.Layer, out int below))
        {
            (place, inode, generation) = (below, source.Inode, source.Generation);
        }
    }
}
