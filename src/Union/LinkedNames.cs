using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// Names below that lead to a copy through the index: they are brought to the top, and go, without a directory of a lower being touched. A count is changed after the
/// directory it speaks of is durable (<see cref="LostNames"/>), so a kill in between leaves one that is too high, and a file that is freed too late. Requires: the tree lock is held.
/// </summary>
internal static class LinkedNames
{
    /// <summary>
    /// Puts a name that leads to an object's copy on the top, where it can be moved. Nobody linked anything as far as a user can see: all times stay. Requires: the
    /// directory and the object are on top, the name is the object's.
    /// </summary>
    public static Errno Bring(UnionDirectory directory, ReadOnlySpan<byte> name, IUnionInode node)
    {
        Errno error = Removal.SlotOnTop(directory, name, out SlotKind slot);
        if (error != Errno.None || slot == SlotKind.Inode)
        {
            return error;
        }

        error = directory.Top!.Install(name, node.State.Top!);
        if (error == Errno.None)
        {
            Discount(node);
        }

        return error;
    }

    /// <summary>A name of an object that lay in a lower shows no longer.</summary>
    public static void LoseLowerName(IUnionInode node)
    {
        ref UnionState state = ref node.State;
        if (state.Top is not { } top)
        {
            state.LinkOffset--;
            return;
        }

        Discount(node);
        var change = new AttributeChange { Fields = AttributeFields.ChangeTime, ChangeTime = state.Union.Options.Clock.Now };
        _ = top.SetAttributes(change);
    }

    /// <summary>The last name is gone: the entry in the index follows, and the file with its last reference.</summary>
    public static void Free(IUnionInode node)
    {
        if (node.State is { IsIndexed: true, Top: { } top })
        {
            _ = top.GetAttributes(out Attributes attributes);
            node.State.Union.LostNames.AddFreed(node, attributes.Blocks);
        }
    }

    /// <summary>An object without a name is about to get one again: its record must not speak of an entry that is gone.</summary>
    public static Errno Revive(ref UnionState state)
    {
        if (!state.IsRemoved || state.IsIndexed || state.Top!.GetCopySource([], out CopySource source, out _) != Errno.None || !source.IsIndexed)
        {
            return Errno.None;
        }

        return CopyRecord.SetNames(state.Top, false, 0);
    }

    private static void Discount(IUnionInode node)
    {
        ref UnionState state = ref node.State;
        if (state.IsIndexed && state.LinkOffset >= 0)
        {
            state.Union.LostNames.Add(node);
            state.LinkOffset--;
        }
        else if (!state.IsIndexed && state.LinkOffset > 0)
        {
            state.LinkOffset--;
        }
    }
}
