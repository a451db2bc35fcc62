using System.Runtime.InteropServices;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Names that are in one directory twice: twelve bytes a name while its directory is under check, compared by hash first. The hash is seeded anew in
/// each process, so nobody can prepare a directory whose names all collide.
/// </summary>
internal sealed class NameCollisions(CheckedVolume volume, Reporter reporter, InodeFacts facts)
{
    private readonly List<Met> names = [];
    private readonly byte[] first = new byte[volume.BlockBytes];
    private readonly byte[] second = new byte[volume.BlockBytes];

    public void Begin() => names.Clear();

    public void Add(ReadOnlySpan<byte> name, EntryPlace place)
    {
        var hash = new HashCode();
        hash.AddBytes(name);
        names.Add(new Met { Hash = (uint)hash.ToHashCode(), Block = place.Block, Offset = (ushort)place.Offset, Order = names.Count });
    }

    /// <summary>
    /// Reports and repairs each name that is there again, once, against the first that is left. Marks go before entries; of two entries the second is to get another
    /// name when the directory is rebuilt.
    /// </summary>
    public void Check(uint directory)
    {
        if (names.Count < 2)
        {
            return;
        }
        names.Sort(static (left, right) => left.Hash != right.Hash ? left.Hash.CompareTo(right.Hash) : left.Order.CompareTo(right.Order));
        Span<Met> sorted = CollectionsMarshal.AsSpan(names);
        int start = 0;
        for (int i = 1; i < sorted.Length; i++)
        {
            start = sorted[start].Hash == sorted[i].Hash ? start : i;
            // Those that went are passed once, not once for each that follows.
            while (start < i && sorted[start].IsGone)
            {
                start++;
            }
            for (int j = start; j < i; j++)
            {
                if (!sorted[j].IsGone && Compare(directory, ref sorted[j], ref sorted[i]))
                {
                    break;
                }
            }
        }
    }

    // False: they only have one hash.
    private bool Compare(uint directory, ref Met earlier, ref Met later)
    {
        volume.Store.Read(earlier.Block, first);
        volume.Store.Read(later.Block, second);
        ref DirectoryRecordHeader one = ref UncheckedOverlay.RecordHeader(first, earlier.Offset);
        ref DirectoryRecordHeader two = ref UncheckedOverlay.RecordHeader(second, later.Offset);
        ReadOnlySpan<byte> name = second.AsSpan(later.Offset + RecordLength.HeaderBytes, two.NameLength);
        if (!name.SequenceEqual(first.AsSpan(earlier.Offset + RecordLength.HeaderBytes, one.NameLength)))
        {
            return false;
        }
        var place = new Place { Directory = directory, Name = Place.Show(name) };
        if (one.Inode == 0 || two.Inode == 0)
        {
            bool isBoth = one.Inode == two.Inode;
            if (reporter.Raise(isBoth ? UnionProblems.MarkTwice : UnionProblems.MarkDoubles, place))
            {
                Remove(ref two.Inode == 0 ? ref later : ref earlier, two.Inode == 0 ? second : first);
            }
            return true;
        }
        bool isSame = one.Inode == two.Inode;
        if (!reporter.Raise(isSame ? DirectoryProblems.SameEntry : DirectoryProblems.SameName, place))
        {
            return true;
        }
        if (isSame)
        {
            // The second link to a directory was not counted: SecondParents decides on those, and finds this one gone.
            if (!facts.Directories.Has(two.Inode))
            {
                facts.Inodes.AddLink(two.Inode, -1);
            }
            Remove(ref later, second);
        }
        else
        {
            facts.Directories[directory].Rebuild |= RebuildReasons.Doubles;
        }
        return true;
    }

    private void Remove(ref Met entry, byte[] block)
    {
        ref DirectoryRecordHeader header = ref UncheckedOverlay.RecordHeader(block, entry.Offset);
        if (header.Inode == 0)
        {
            facts.Statistics.Whiteouts -= header.Type == DirectoryEntryType.Whiteout ? 1 : 0;
            facts.Statistics.Fallthrus -= header.Type == DirectoryEntryType.Fallthru ? 1 : 0;
        }
        header.Inode = 0;
        header.Type = DirectoryEntryType.Unknown;
        volume.Store.Write(entry.Block, block);
        entry.IsGone = true;
    }

    private struct Met
    {
        public uint Hash;
        public uint Block;
        public int Order;
        public ushort Offset;
        public bool IsGone;
    }
}
