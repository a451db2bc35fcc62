using Ext2Union.Ext2.OnDisk.Directories;

namespace Ext2Union.Ext2.Fsck;

/// <summary>The names of one directory, in the order of its index.</summary>
internal sealed class NameList(NameHash hash, DirectoryTable directories)
{
    private const int LongestName = 255;
    private readonly List<NamedRecord> records = [];

    public NameHash Hash => hash;

    public IReadOnlyList<NamedRecord> Records => records;

    /// <summary>What <see cref="MakeUnique"/> gave another name.</summary>
    public List<uint> Renamed { get; } = [];

    /// <summary>Adds what is in use in a block, but not "." and "..".</summary>
    public void AddAll(DirectoryBlock block)
    {
        foreach (DirectoryRecord record in block)
        {
            if (record.IsInUse && !record.IsDots && !record.Name.IsEmpty)
            {
                records.Add(Of(record.Name.ToArray(), record.Inode.Value, record.Type));
            }
        }
    }

    /// <summary>Sorts, and gives the second of two entries of one name another: NAME~0, NAME~1 and so on, as e2fsck does.</summary>
    public void MakeUnique()
    {
        records.Sort(Compare);
        var doubles = new List<int>();
        for (int i = 0; i < records.Count; i++)
        {
            if (i > 0 && records[i].Name.AsSpan().SequenceEqual(records[i - 1].Name))
            {
                doubles.Add(i);
            }
        }
        if (doubles.Count == 0)
        {
            return;
        }
        var names = new FreshNames();
        records.ForEach(record => names.Take(record.Name));
        foreach (int at in doubles)
        {
            if (names.Invent(records[at].Name, LongestName) is not { } fresh)
            {
                continue;
            }
            records[at] = Of(fresh, records[at].Inode, records[at].Type);
            Renamed.Add(records[at].Inode);
        }
        records.Sort(Compare);
    }

    private NamedRecord Of(byte[] name, uint inode, DirectoryEntryType type)
    {
        uint major = hash.Compute(name, out uint minor);
        return new NamedRecord(name, inode, type, major, minor);
    }

    // Of two entries of one name the first keeps it: a directory, for paths lead through it; else the one with the higher number, as with e2fsck.
    private int Compare(NamedRecord left, NamedRecord right)
    {
        int order = left.Major.CompareTo(right.Major);
        order = order != 0 ? order : left.Minor.CompareTo(right.Minor);
        order = order != 0 ? order : left.Name.AsSpan().SequenceCompareTo(right.Name);
        order = order != 0 ? order : directories.Has(right.Inode).CompareTo(directories.Has(left.Inode));
        return order != 0 ? order : right.Inode.CompareTo(left.Inode);
    }
}
