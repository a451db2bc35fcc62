using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// The merged listings of the directories read last. Losing one costs time and nothing else, for cookies do not depend on it. Guarded by
/// the tree lock.
/// </summary>
internal sealed class ListingCache
{
    private const int Capacity = 8;
    private const int MaximumNames = 500_000;

    private readonly List<Entry> entries = new(Capacity);
    private readonly Stack<MergedListing> spare = new(Capacity);

    /// <summary>The listing of a directory. A scan that begins sees the directory as it is now; one that goes on keeps what it began with.</summary>
    public Errno Get(UnionDirectory directory, bool begins, out MergedListing listing)
    {
        UnionFileSystem union = directory.State.Union;
        int found = IndexOf(directory);
        if (found >= 0 && (!begins || (entries[found].Version == directory.Version && union.IsExclusive)))
        {
            listing = entries[found].Listing;
            return Errno.None;
        }

        Forget(directory);
        listing = spare.TryPop(out MergedListing? used) ? used : new MergedListing();
        Errno error = listing.Read(union, directory.Top, directory.Twins, stopAtFirst: false);
        if (error != Errno.None)
        {
            listing.Dispose();
            spare.Push(listing);
            return error;
        }

        MakeRoom(listing.Count);
        entries.Add(new Entry(directory, directory.Version, listing));
        return Errno.None;
    }

    /// <summary>Drops what is kept of a directory.</summary>
    public void Forget(UnionDirectory directory)
    {
        int found = IndexOf(directory);
        if (found >= 0)
        {
            RemoveAt(found);
        }
    }

    private int IndexOf(UnionDirectory directory)
    {
        int i = entries.Count - 1;
        while (i >= 0 && !ReferenceEquals(entries[i].Directory, directory))
        {
            i--;
        }

        return i;
    }

    private void MakeRoom(int names)
    {
        int total = names;
        foreach (Entry entry in entries)
        {
            total += entry.Listing.Count;
        }

        while (entries.Count > 0 && (entries.Count >= Capacity || total > MaximumNames))
        {
            total -= entries[0].Listing.Count;
            RemoveAt(0);
        }
    }

    private void RemoveAt(int i)
    {
        MergedListing listing = entries[i].Listing;
        entries.RemoveAt(i);
        listing.Dispose();
        spare.Push(listing);
    }

    private readonly record struct Entry(UnionDirectory Directory, int Version, MergedListing Listing);
}
