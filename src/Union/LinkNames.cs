using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// Further names of hard-linked lower files, as they were looked up. When such a file is copied up, and before it is changed or loses its last name
/// on top, the names known here are linked to the copy, so that all of them stay one object. Guarded by the tree lock.
/// </summary>
internal sealed class LinkNames(UnionFileSystem union)
{
    private readonly Dictionary<ulong, List<Place>> names = [];

    /// <summary>Remembers a name that a lower holds, beside the one the object knows. Holds the directory.</summary>
    public void Note(IUnionInode node, UnionDirectory directory, ReadOnlySpan<byte> name)
    {
        if (!names.TryGetValue(node.State.Number, out List<Place>? known))
        {
            names[node.State.Number] = known = [];
        }

        if (IndexOf(known, directory, name) < 0)
        {
            directory.Acquire();
            known.Add(new Place(directory, name.ToArray()));
            node.State.HasLinkNames = true;
        }
    }

    /// <summary>A name is gone.</summary>
    public void Remove(IUnionInode node, UnionDirectory directory, ReadOnlySpan<byte> name)
    {
        if (!node.State.HasLinkNames || !names.TryGetValue(node.State.Number, out List<Place>? known))
        {
            return;
        }

        int found = IndexOf(known, directory, name);
        if (found >= 0)
        {
            known.RemoveAt(found);
            directory.Release();
        }
    }

    /// <summary>Gives an object without a place one of the names known, if there is one.</summary>
    public void ChoosePlace(IUnionInode node)
    {
        if (node.State.HasLinkNames && names.TryGetValue(node.State.Number, out List<Place>? known) && known.Count > 0)
        {
            node.State.Parent = known[0].Directory;
            node.State.Name = known[0].Name;
            known.RemoveAt(0);
        }
    }

    /// <summary>Links all names known to the object's inode on top. What fails stays noted, and is the answer.</summary>
    public Errno Link(IUnionInode node)
    {
        if (!names.TryGetValue(node.State.Number, out List<Place>? known))
        {
            return Errno.None;
        }

        while (known.Count > 0)
        {
            Place place = known[^1];
            Errno error = LinkOne(node, place);
            if (error != Errno.None)
            {
                return error;
            }

            known.RemoveAt(known.Count - 1);
            place.Directory.Release();
        }

        Forget(node);
        return Errno.None;
    }

    /// <summary>Drops what is known of an object.</summary>
    public void Forget(IUnionInode node)
    {
        node.State.HasLinkNames = false;
        if (names.Remove(node.State.Number, out List<Place>? known))
        {
            foreach (Place place in known)
            {
                ReleaseQueue.Release(place.Directory);
            }
        }
    }

    private static int IndexOf(List<Place> known, UnionDirectory directory, ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < known.Count; i++)
        {
            if (ReferenceEquals(known[i].Directory, directory) && name.SequenceEqual(known[i].Name))
            {
                return i;
            }
        }

        return -1;
    }

    // Nobody linked anything as far as a user can see: the times of both stay.
    private Errno LinkOne(IUnionInode node, Place place)
    {
        Errno error = NameLookup.Resolve(place.Directory, place.Name, out Found found);
        if (error != Errno.None)
        {
            return error == Errno.ENOENT ? Errno.None : error;
        }

        bool isStill = found.Layer > 0 && union.Table.NumberOf(found.Layer, found.Inode.Number) == node.State.Number;
        found.Inode.Release();
        if (!isStill)
        {
            return Errno.None;
        }

        error = union.DirectoryCopyUp.MaterialiseLocked(place.Directory);
        if (error != Errno.None)
        {
            return error;
        }

        LayerDirectory top = place.Directory.Top!;
        Inode copy = node.State.Top!;
        error = top.GetAttributes(out Attributes directoryBefore);
        Attributes before = default;
        error = error == Errno.None ? copy.GetAttributes(out before) : error;
        error = error == Errno.None ? top.Link(place.Name, copy) : error;
        if (error == Errno.None)
        {
            node.State.LinkOffset--;
            _ = AttributeCopy.RestoreTimes(top, directoryBefore);
            _ = AttributeCopy.RestoreTimes(copy, before);
        }

        return error;
    }

    private readonly record struct Place(UnionDirectory Directory, byte[] Name);
}
