using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// Names below that lead to a copy through the index: they are brought to the top, and go, without a directory of a lower being touched. A count is changed after the
/// directory it speaks of, so a kill in between leaves one that is too high, and a file that is freed too late. Requires: the tree lock is held.
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
            Discount(ref node.State);
        }

        return error;
    }

    /// <summary>A name of an object that lay in a lower shows no longer.</summary>
    public static void LoseLowerName(ref UnionState state)
    {
        if (state.Top is not { } top)
        {
            state.LinkOffset--;
            return;
        }

        Discount(ref state);
        var change = new AttributeChange { Fields = AttributeFields.ChangeTime, ChangeTime = state.Union.Options.Clock.Now };
        _ = top.SetAttributes(change);
    }

    /// <summary>The last name is gone: the entry in the index goes as well, and the file with its last reference.</summary>
    public static void Free(ref UnionState state)
    {
        // Names of a lower that is not in this stack show nowhere now, but will again: they keep the copy.
        if (state is not { IsIndexed: true, Top: { } top }
            || top.GetCopySource([], out CopySource source, out _) != Errno.None
            || source.LowerNames > 0)
        {
            return;
        }

        if (state.Union.Top!.Index!.Remove(source.Layer, source.Inode) is Errno.None or Errno.ENOENT)
        {
            state.IsIndexed = false;
            state.LinkOffset = 0;
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

    // What could not be noted counts on in memory as well: both are too high then, and nothing goes too early.
    private static void Discount(ref UnionState state)
    {
        bool isNoted = !state.IsIndexed || CopyRecord.LoseName(state.Top!) == Errno.None;
        state.LinkOffset -= isNoted && state.LinkOffset + (state.IsIndexed ? 1 : 0) > 0 ? 1 : 0;
    }
}
