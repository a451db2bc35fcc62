using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Directories;

/// <content>
/// Enumeration without state. An indexed directory, and one that will be indexed when it grows, is read in hash order, leaf by leaf: an
/// entry keeps its place whatever is inserted, removed or split around it. Others are read in the order of their bytes, and their records never move.
/// </content>
internal sealed partial class DirectoryContent
{
    /// <summary>Offers the records in use behind a cookie. Errors: EUCLEAN, EIO.</summary>
    public Errno Enumerate<TVisitor>(long cookie, scoped ref TVisitor visitor)
        where TVisitor : IRecordVisitor, allows ref struct
    {
        if (cookie < 0)
        {
            return Errno.EINVAL;
        }

        if (IsIndexed)
        {
            Errno error = EnumerateIndexed(cookie, ref visitor);
            // A fault of the index that is met in the middle leaves a place that bytes know nothing of: the scan ends, the next one goes by bytes.
            if (error != Errno.EUCLEAN || IsIndexed || cookie != 0)
            {
                return error;
            }
        }

        return MayBecomeIndexed ? EnumerateFirst(cookie, ref visitor) : EnumerateBytes(cookie, ref visitor);
    }

    /// <summary>Whether nothing but "." and ".." and marks is in it. Errors: EUCLEAN, EIO.</summary>
    public Errno IsEmpty(out bool isEmpty)
    {
        isEmpty = true;
        uint count = store.BlockCount;
        for (uint block = 0; block < count; block++)
        {
            if (store.GetChain(new FileBlock(block), out BlockLease lease) is var error and not Errno.None)
            {
                return error;
            }

            foreach (DirectoryRecord record in store.Records(lease))
            {
                isEmpty &= record.Inode.IsNone || record.IsDots;
            }

            lease.Dispose();
            if (!isEmpty)
            {
                break;
            }
        }

        return Errno.None;
    }

    private Errno EnumerateBytes<TVisitor>(long cookie, scoped ref TVisitor visitor)
        where TVisitor : IRecordVisitor, allows ref struct
    {
        long blockBytes = store.BlockBytes;
        int from = (int)(cookie % blockBytes);
        for (long block = cookie / blockBytes; block < store.BlockCount; block++, from = 0)
        {
            FileBlock number = new((uint)block);
            if (store.GetChain(number, out BlockLease lease) is var error and not Errno.None)
            {
                return error;
            }

            bool goesOn = VisitFrom(lease, number, from, ref visitor);
            lease.Dispose();
            if (!goesOn)
            {
                break;
            }
        }

        return Errno.None;
    }

    private bool VisitFrom<TVisitor>(in BlockLease lease, FileBlock block, int from, scoped ref TVisitor visitor)
        where TVisitor : IRecordVisitor, allows ref struct
    {
        long start = block.Value * (long)store.BlockBytes;
        foreach (DirectoryRecord record in store.Records(lease))
        {
            // The record that began at the cookie may have joined the one before it: the first that begins behind it is next.
            if (record.Offset >= from && IsListed(record, block) && !visitor.Visit(record, start + record.Offset + record.Length))
            {
                return false;
            }
        }

        return true;
    }

    private Errno EnumerateFirst<TVisitor>(long cookie, scoped ref TVisitor visitor)
        where TVisitor : IRecordVisitor, allows ref struct
    {
        FileBlock first = new(0);
        if (store.GetChain(first, out BlockLease lease) is var error and not Errno.None)
        {
            return error;
        }

        ScanBuffer buffer = new(store.BlockBytes / RecordLength.Minimum);
        Gather(lease, first, store.Hash, 0, ulong.MaxValue, ref buffer);
        lease.Dispose();
        error = Deliver(ref buffer, cookie, ref visitor, out _);
        buffer.Dispose();
        return error;
    }

    private Errno EnumerateIndexed<TVisitor>(long cookie, scoped ref TVisitor visitor)
        where TVisitor : IRecordVisitor, allows ref struct
    {
        HashPath path = default;
        ScanBuffer buffer = new(store.BlockBytes / RecordLength.Minimum);
        Errno error = tree.Open(ref path);
        error = error == Errno.None ? tree.Descend(ref path, HashCookie.HashOf(cookie)) : error;
        bool goesOn = error == Errno.None;
        while (goesOn)
        {
            error = GatherUnit(ref path, ref buffer, out goesOn);
            if (error != Errno.None)
            {
                break;
            }

            error = Deliver(ref buffer, cookie, ref visitor, out bool taken);
            goesOn &= taken && error == Errno.None;
        }

        buffer.Dispose();
        path.Dispose();
        return error;
    }

    /// <summary>
    /// Gathers a leaf, and with it those that continue its last hash: only together can they be put in order. Leaves the path at the leaf behind them.
    /// </summary>
    private Errno GatherUnit(scoped ref HashPath path, scoped ref ScanBuffer buffer, out bool hasNext)
    {
        hasNext = true;
        buffer.Clear();
        Errno error;
        do
        {
            if (tree.GetLeaf(ref path, out BlockLease leaf) is var leafError and not Errno.None)
            {
                return leafError;
            }

            FileBlock block = path.Leaf;
            ulong lowest = HashCookie.LowestOf(path.LeafHash);
            error = tree.Next(ref path);
            hasNext = error == Errno.None;
            // A name that lies in a leaf its hash does not lead to keeps within the leaf's range, so that it is shown and costs no other its turn.
            ulong highest = !hasNext ? ulong.MaxValue : HashCookie.LowestOf(path.LeafHash) + ((path.LeafHash & 1) != 0 ? uint.MaxValue : 0) - 1;
            Gather(leaf, block, path.Hash, lowest, Math.Max(lowest, highest), ref buffer);
            leaf.Dispose();
        }
        while (hasNext && (path.LeafHash & 1) != 0);
        return error == Errno.ENOENT ? Errno.None : error;
    }

    private void Gather(in BlockLease lease, FileBlock block, NameHash hash, ulong lowest, ulong highest, scoped ref ScanBuffer buffer)
    {
        foreach (DirectoryRecord record in store.Records(lease))
        {
            if (IsListed(record, block))
            {
                ulong key = HashCookie.KeyOf(hash.Compute(record.Name), NameKey.Of(record.Name));
                buffer.Add(Math.Clamp(key, lowest, highest) & ~(ulong)(HashCookie.Ordinals - 1), block, record.Offset);
            }
        }
    }

    private Errno Deliver<TVisitor>(scoped ref ScanBuffer buffer, long cookie, scoped ref TVisitor visitor, out bool taken)
        where TVisitor : IRecordVisitor, allows ref struct
    {
        taken = true;
        buffer.Sort();
        BlockLease lease = default;
        long held = -1;
        Errno error = Errno.None;
        for (int i = 0, ordinal = 0; i < buffer.Count && taken; i++)
        {
            ordinal = i > 0 && buffer.KeyAt(i - 1) == buffer.KeyAt(i) ? ordinal + 1 : 0;
            if (ordinal == 0 && i + 1 < buffer.Count && buffer.KeyAt(i) == buffer.KeyAt(i + 1))
            {
                error = SortTwins(ref buffer, i);
            }

            long behind = HashCookie.Behind(buffer.KeyAt(i), ordinal);
            if (error != Errno.None || behind <= cookie)
            {
                continue;
            }

            if (held != buffer.BlockAt(i).Value)
            {
                lease.Dispose();
                held = buffer.BlockAt(i).Value;
                error = store.GetChain(buffer.BlockAt(i), out lease);
            }

            taken = error == Errno.None && visitor.Visit(store.Records(lease).At(buffer.OffsetAt(i)), behind);
        }

        lease.Dispose();
        return error;
    }

    /// <summary>Puts entries of one key in the order of their names. They are a handful at most, unless somebody made them so.</summary>
    private Errno SortTwins(scoped ref ScanBuffer buffer, int first)
    {
        for (int i = first + 1; i < buffer.Count && buffer.KeyAt(i) == buffer.KeyAt(first) && i < first + HashCookie.Ordinals; i++)
        {
            for (int j = i; j > first; j--)
            {
                if (Compare(ref buffer, j - 1, j, out int order) is var error and not Errno.None)
                {
                    return error;
                }

                if (order <= 0)
                {
                    break;
                }

                buffer.Swap(j - 1, j);
            }
        }

        return Errno.None;
    }

    private Errno Compare(scoped ref ScanBuffer buffer, int left, int right, out int order)
    {
        order = 0;
        if (store.GetChain(buffer.BlockAt(left), out BlockLease leftLease) is var error and not Errno.None)
        {
            return error;
        }

        error = store.GetChain(buffer.BlockAt(right), out BlockLease rightLease);
        if (error == Errno.None)
        {
            order = store.Records(leftLease).At(buffer.OffsetAt(left)).Name.SequenceCompareTo(
                store.Records(rightLease).At(buffer.OffsetAt(right)).Name);
            rightLease.Dispose();
        }

        leftLease.Dispose();
        return error;
    }

    /// <summary>Whether an entry is shown. A name that no directory can hold is corruption, but it must not hide the others.</summary>
    private bool IsListed(scoped in DirectoryRecord record, FileBlock block)
    {
        if (!record.IsInUse || record.IsDots)
        {
            return false;
        }

        if (record.HasProperName)
        {
            return true;
        }

        _ = store.Corrupt(block, $"improper name at byte {record.Offset}");
        return false;
    }
}
