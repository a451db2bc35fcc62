using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.Fsck;

/// <summary>All directories by inode number. Pass 1 meets them in that order, so finding one is a binary search.</summary>
internal sealed class DirectoryTable
{
    private readonly List<DirectoryFacts> records = [];

    public int Count => records.Count;

    public Span<DirectoryFacts> All => CollectionsMarshal.AsSpan(records);

    /// <summary>Adds one; a number lower than the last (root or lost+found made anew) is put in its place.</summary>
    public void Add(in DirectoryFacts record)
    {
        int at = Search(record.Inode);
        if (at >= 0)
        {
            records[at] = record;
        }
        else
        {
            records.Insert(~at, record);
        }
    }

    public void Remove(uint inode)
    {
        int at = Search(inode);
        if (at >= 0)
        {
            records.RemoveAt(at);
        }
    }

    public bool Has(uint inode) => Search(inode) >= 0;

    /// <summary>The record of a directory. Requires: <see cref="Has"/>. Valid until the next <see cref="Add"/> or <see cref="Remove"/>.</summary>
    public ref DirectoryFacts this[uint inode] => ref All[Search(inode)];

    private int Search(uint inode)
    {
        int low = 0;
        int high = records.Count - 1;
        if (high >= 0 && records[high].Inode < inode)
        {
            return ~records.Count;
        }
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            uint found = records[middle].Inode;
            if (found == inode)
            {
                return middle;
            }
            if (found < inode)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }
        return ~low;
    }
}
