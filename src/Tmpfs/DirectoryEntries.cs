using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs;

/// <summary>
/// The names of one directory in the order they came, with a hash table over them. An enumeration continues by binary search
/// for its cookie, so that it costs the same wherever it stands and nothing moves under it. Guarded by the file system's lock.
/// </summary>
internal sealed class DirectoryEntries
{
    private const int MinimumCapacity = 4;

    private DirectoryEntry[] entries = [];
    private int[] chains = [];
    // Places in use at the front of the array, gaps included.
    private int placeCount;
    private long nextCookie = 1;

    /// <summary>Ordinary entries.</summary>
    public int InodeCount { get; private set; }

    /// <summary>Whiteouts and fallthrus.</summary>
    public int MarkCount { get; private set; }

    /// <summary>Places, gaps included: what an index runs over.</summary>
    public int PlaceCount => placeCount;

    /// <summary>A place; valid until the next <see cref="Add"/> or <see cref="RemoveAt"/>.</summary>
    public ref readonly DirectoryEntry this[int index] => ref entries[index];

    /// <summary>The index of a name, or -1.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        if (chains.Length == 0)
        {
            return -1;
        }

        int hash = HashOf(name);
        for (int next = chains[ChainOf(hash)]; next != 0; next = entries[next - 1].Next)
        {
            ref DirectoryEntry entry = ref entries[next - 1];
            if (entry.Hash == hash && name.SequenceEqual(entry.Name))
            {
                return next - 1;
            }
        }

        return -1;
    }

    /// <summary>Adds a name that is not there.</summary>
    public void Add(ReadOnlySpan<byte> name, SlotKind slot, ITmpfsInode? inode)
    {
        if (placeCount == entries.Length)
        {
            MakeRoom();
        }

        ref DirectoryEntry entry = ref entries[placeCount];
        entry = new DirectoryEntry { Name = name.ToArray(), Hash = HashOf(name), Cookie = nextCookie++, Slot = slot, Inode = inode };
        Chain(placeCount++);
        Count(slot, 1);
    }

    /// <summary>Changes what stands under a name; its cookie stays, so that an enumeration under way delivers the name once.</summary>
    public void Replace(int index, SlotKind slot, ITmpfsInode? inode)
    {
        ref DirectoryEntry entry = ref entries[index];
        Count(entry.Slot, -1);
        Count(slot, 1);
        entry.Slot = slot;
        entry.Inode = inode;
    }

    /// <summary>Removes a name.</summary>
    public void RemoveAt(int index)
    {
        ref int next = ref chains[ChainOf(entries[index].Hash)];
        while (next != index + 1)
        {
            next = ref entries[next - 1].Next;
        }

        next = entries[index].Next;
        Count(entries[index].Slot, -1);
        entries[index] = new DirectoryEntry { Cookie = entries[index].Cookie };
        // More gaps than names: an enumeration from the start must not pay for what is gone, nor memory be kept for it.
        if (placeCount > MinimumCapacity && InodeCount + MarkCount < placeCount / 2)
        {
            Rebuild(Math.Max(MinimumCapacity, (InodeCount + MarkCount) * 2));
        }
    }

    /// <summary>Forgets all names.</summary>
    public void Clear()
    {
        entries = [];
        chains = [];
        placeCount = InodeCount = MarkCount = 0;
    }

    /// <summary>The index of the first place behind a cookie.</summary>
    public int FirstBehind(long cookie)
    {
        int low = 0, high = placeCount;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) / 2);
            if (entries[middle].Cookie <= cookie)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    // Gaps are used up before the array grows: at a quarter of gaps closing them is the cheaper way to get room.
    private void MakeRoom()
    {
        int names = InodeCount + MarkCount;
        Rebuild(names < entries.Length - entries.Length / 4 ? entries.Length : Math.Max(MinimumCapacity, entries.Length * 2));
    }

    private void Rebuild(int capacity)
    {
        DirectoryEntry[] old = entries;
        int oldCount = placeCount;
        entries = new DirectoryEntry[capacity];
        chains = new int[capacity];
        placeCount = 0;
        for (int i = 0; i < oldCount; i++)
        {
            if (old[i].Name is not null)
            {
                entries[placeCount] = old[i];
                Chain(placeCount++);
            }
        }
    }

    private void Chain(int index)
    {
        ref int first = ref chains[ChainOf(entries[index].Hash)];
        entries[index].Next = first;
        first = index + 1;
    }

    private void Count(SlotKind slot, int change)
    {
        if (slot == SlotKind.Inode)
        {
            InodeCount += change;
        }
        else
        {
            MarkCount += change;
        }
    }

    private int ChainOf(int hash) => (int)((uint)hash % (uint)chains.Length);

    private static int HashOf(ReadOnlySpan<byte> name)
    {
        HashCode hash = default;
        hash.AddBytes(name);
        return hash.ToHashCode();
    }
}
