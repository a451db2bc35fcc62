using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// From a lower's object that has several names up to its copy: every layer above it, the nearest first, is asked whether it has entered one. That is how a name that
/// nobody ever brought to the top shows the copy that was made through another. Requires: the tree lock is held.
/// </summary>
internal static class IndexWalk
{
    /// <summary>The highest copy, with a reference of its own, or what was found itself. Errors: EIO, EUCLEAN.</summary>
    public static Errno Follow(UnionFileSystem union, in Found found, int linkOffset, out Found copy)
    {
        copy = found;
        bool isLinked = false;
        for (int place = found.Layer - 1; place >= 0; place--)
        {
            if (union.LayerOf(place)?.Index is not { IsEmpty: false } index || !union.LayerNumbers.TryNumber(place, copy.Layer, out ushort number))
            {
                continue;
            }

            // What has one name is found under it, without an index.
            Errno error = isLinked ? Errno.None : HasSeveralNames(found.Inode, linkOffset, out isLinked);
            if (error != Errno.None || !isLinked)
            {
                return error;
            }

            error = Ask(index, number, copy.Inode, out Inode? hit);
            if (hit is not null)
            {
                Release(found, copy);
                copy = new Found(hit, place, -1);
            }
            else if (error != Errno.None)
            {
                Release(found, copy);
                copy = found;
                return error;
            }
        }

        return Errno.None;
    }

    private static void Release(in Found found, in Found copy)
    {
        if (!ReferenceEquals(found.Inode, copy.Inode))
        {
            copy.Inode.Release();
        }
    }

    private static Errno HasSeveralNames(Inode inode, int linkOffset, out bool several)
    {
        Errno error = inode.GetAttributes(out Attributes attributes);
        several = error == Errno.None && attributes.LinkCount + (long)linkOffset > 1;
        return error;
    }

    // A copy is as old as its source, where both can say so: tools that make images give all files one generation.
    private static bool HaveOneBirth(Inode copy, Inode source) =>
        copy.GetAttributes(out Attributes of) == Errno.None
        && source.GetAttributes(out Attributes expected) == Errno.None
        && (of.BirthTime.Seconds == expected.BirthTime.Seconds || of.BirthTime.Seconds == 0 || expected.BirthTime.Seconds == 0);

    // A base that was rebuilt has other files under the same numbers: an entry that was made for one of them is none of this one's.
    private static Errno Ask(CopyIndex index, ushort layer, Inode source, out Inode? hit)
    {
        hit = null;
        if (!index.Find(layer, source.Number).TryGet(out Inode copy, out Errno error))
        {
            return error == Errno.ENOENT ? Errno.None : error;
        }

        error = copy.GetCopySource([], out CopySource record, out _);
        if (error == Errno.None && record.IsIndexed && record.Generation == source.Generation && copy.Kind == source.Kind && HaveOneBirth(copy, source))
        {
            hit = copy;
            return Errno.None;
        }

        copy.Release();
        return error == Errno.ENODATA ? Errno.None : error;
    }
}
