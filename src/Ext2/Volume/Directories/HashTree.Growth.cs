using System.Buffers;
using System.Diagnostics;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Directories;

/// <content>
/// Insertion and growth. Only leaves hold names, so only their order on disk is bound: the new half of a leaf comes before the old half is cut. An index
/// block that a crash left behind costs a repair, never a name.
/// </content>
internal sealed partial class HashTree
{
    /// <summary>
    /// Finds room for a name that is not there yet, splitting leaf and nodes as needed. Errors: ENOSPC (also when the index is full), EUCLEAN, EIO.
    /// </summary>
    public Errno FindPlace(ReadOnlySpan<byte> name, out EntryPlace place)
    {
        HashPath path = default;
        place = default;
        Errno error = Open(ref path);
        if (error == Errno.None)
        {
            uint hash = path.Hash.Compute(name);
            error = Descend(ref path, hash);
            if (error == Errno.None)
            {
                error = PlaceAt(ref path, hash, RecordLength.Needed(name.Length), out place);
            }
        }

        path.Dispose();
        return error;
    }

    /// <summary>
    /// Offset of a record with room behind it, or -1. Moves records of one sector together where the room is there in pieces: places in an indexed directory are told
    /// by hash, so nobody is confused.
    /// </summary>
    public int MakeRoom(in BlockLease leaf, int needed)
    {
        DirectoryBlock records = store.Records(leaf);
        int offset = records.FindRoom(needed);
        if (offset < 0)
        {
            DirectoryStore.Changed(leaf);
            offset = records.CompactSector(needed);
        }

        return offset;
    }

    /// <summary>
    /// Turns a full directory of one block into an indexed one with one leaf (<c>make_indexed_dir</c>). Answers EOPNOTSUPP where "." and ".." do not lie as
    /// an index needs them. Errors: ENOSPC, EUCLEAN, EIO.
    /// </summary>
    public Errno Convert()
    {
        if (store.GetChain(new FileBlock(0), out BlockLease root) is var error and not Errno.None)
        {
            return error;
        }

        BlockLease leaf = default;
        if (!HashTreeNode.MayBecomeRoot(root.Bytes))
        {
            error = Errno.EOPNOTSUPP;
        }
        else
        {
            leaf = store.Append(out FileBlock number);
            error = leaf.Error;
            error = error == Errno.None ? store.Order(leaf, root) : error;
            error = error == Errno.None ? store.SetIndexFlag(true) : error;
            if (error == Errno.None)
            {
                ConvertLoaded(root, leaf, number);
            }
        }

        leaf.Dispose();
        root.Dispose();
        return error;
    }

    private void ConvertLoaded(in BlockLease root, in BlockLease leaf, FileBlock number)
    {
        ulong[] places = ArrayPool<ulong>.Shared.Rent(store.BlockBytes / RecordLength.Minimum);
        DirectoryBlock source = store.Records(root);
        int count = 0;
        foreach (DirectoryRecord record in source)
        {
            if (record.IsInUse && !record.IsDots)
            {
                places[count++] = (uint)record.Offset;
            }
        }

        Fill(leaf, source, places.AsSpan(0, count));
        ArrayPool<ulong>.Shared.Return(places);
        _ = HashTreeNode.FormatRoot(root.Bytes, store.Hash.StoredVersion, number);
        root.Proofs = BlockProofs.Chain | BlockProofs.Index;
        leaf.Proofs = BlockProofs.Chain | BlockProofs.Leaf;
        DirectoryStore.Changed(leaf);
        DirectoryStore.Changed(root);
    }

    private Errno PlaceAt(scoped ref HashPath path, uint hash, int needed, out EntryPlace place)
    {
        place = default;
        if (GetLeaf(ref path, out BlockLease leaf) is var error and not Errno.None)
        {
            return error;
        }

        int offset = MakeRoom(leaf, needed);
        if (offset >= 0)
        {
            place = new EntryPlace(leaf, path.Leaf, offset);
            return Errno.None;
        }

        error = MakeIndexRoom(ref path);
        if (error == Errno.None)
        {
            error = SplitLeaf(ref path, leaf, hash, needed, out place);
        }

        leaf.Dispose();
        return error;
    }

    /// <summary>Moves the upper half of a leaf into a new one and finds room in the half that fits the hash (<c>do_split</c>).</summary>
    private Errno SplitLeaf(scoped ref HashPath path, scoped in BlockLease lower, uint hash, int needed, out EntryPlace place)
    {
        place = default;
        FileBlock lowerNumber = path.Leaf;
        BlockLease upper = store.Append(out FileBlock upperNumber);
        Errno error = upper.Error;
        error = error == Errno.None ? store.Order(upper, lower) : error;
        if (error != Errno.None)
        {
            upper.Dispose();
            return error;
        }

        uint splitHash = MoveUpperHalf(lower, upper, path.Hash);
        upper.Proofs = BlockProofs.Chain | BlockProofs.Leaf;
        DirectoryStore.Changed(upper);
        DirectoryStore.Changed(lower);
        path.BottomEntries.InsertBehind(path.BottomIndex, splitHash, upperNumber);
        path.MarkBottomChanged();
        FileBlock number = lowerNumber;
        if (hash >= (splitHash & ~1u))
        {
            number = upperNumber;
        }

        upper.Dispose();
        return TakePlace(number, needed, out place);
    }

    private Errno TakePlace(FileBlock number, int needed, out EntryPlace place)
    {
        place = default;
        if (store.GetChain(number, out BlockLease leaf) is var error and not Errno.None)
        {
            return error;
        }

        int offset = MakeRoom(leaf, needed);
        if (offset < 0)
        {
            // The room is there, but in no sector alone: long names in blocks of two sectors, or a block laid out by someone else.
            DirectoryBlock records = store.Records(leaf);
            records.Compact();
            offset = records.FindRoom(needed);
        }

        Debug.Assert(offset >= 0, "Half a leaf has room for the longest name.");
        place = new EntryPlace(leaf, number, offset);
        return Errno.None;
    }

    /// <summary>Answers the lowest hash of the upper half, with the continuation bit where the cut runs through names of one hash.</summary>
    private uint MoveUpperHalf(in BlockLease lower, in BlockLease upper, NameHash hash)
    {
        ulong[] keys = ArrayPool<ulong>.Shared.Rent(store.BlockBytes / RecordLength.Minimum);
        DirectoryBlock source = store.Records(lower);
        int count = 0;
        foreach (DirectoryRecord record in source)
        {
            if (record.IsInUse)
            {
                keys[count++] = KeyOf(record, hash);
            }
        }

        keys.AsSpan(0, count).Sort();
        int split = SplitIndex(source, keys.AsSpan(0, count));
        Fill(upper, source, keys.AsSpan(split, count - split));
        Drop(source, hash, keys[split]);
        uint first = (uint)(keys[split] >> 32);
        uint continued = first == (uint)(keys[split - 1] >> 32) ? 1u : 0u;
        ArrayPool<ulong>.Shared.Return(keys);
        return first | continued;
    }

    // By hash, then by offset: a key of its own for each record of a block.
    private static ulong KeyOf(DirectoryRecord record, NameHash hash) => ((ulong)hash.Compute(record.Name) << 32) | (uint)record.Offset;

    // The lower half is not written anew: records that stay do not move, so that a torn write of this block costs no name.
    private static void Drop(DirectoryBlock records, NameHash hash, ulong from)
    {
        int previous = -1;
        int offset = 0;
        while (offset < records.Length)
        {
            DirectoryRecord record = records.At(offset);
            int next = offset + record.Length;
            previous = record.IsInUse && KeyOf(record, hash) >= from ? records.Remove(offset, previous) : offset;
            offset = next;
        }
    }

    /// <summary>Where half of the bytes lie on either side; at least one name stays and one goes.</summary>
    private static int SplitIndex(DirectoryBlock source, ReadOnlySpan<ulong> keys)
    {
        int split = keys.Length;
        int moved = 0;
        while (split > 1)
        {
            int used = source.At((int)(uint)keys[split - 1]).Used;
            if (moved + (used / 2) > source.Length / 2)
            {
                break;
            }

            moved += used;
            split--;
        }

        return Math.Min(split, keys.Length - 1);
    }

    /// <summary>Puts records of another block, whose offsets are the lower halves of the keys, into a fresh one: sector by sector where they fit so.</summary>
    private void Fill(in BlockLease lease, DirectoryBlock source, ReadOnlySpan<ulong> keys)
    {
        if (!TryFill(DirectoryBlock.FormatSectors(lease.Bytes, store.HasFileType), source, keys))
        {
            bool fits = TryFill(DirectoryBlock.Format(lease.Bytes, store.HasFileType), source, keys);
            Debug.Assert(fits, "A part of a block fits into a block.");
        }
    }

    private static bool TryFill(DirectoryBlock target, DirectoryBlock source, ReadOnlySpan<ulong> keys)
    {
        int last = 0;
        foreach (ulong key in keys)
        {
            DirectoryRecord record = source.At((int)(uint)key);
            if (target.TryAppendLast(ref last, record.Name, record.Inode, record.Type))
            {
                continue;
            }

            int place = target.FindRoom(RecordLength.Needed(record.Name.Length));
            if (place < 0)
            {
                return false;
            }

            last = target.Append(place, record.Name, record.Inode, record.Type);
        }

        return true;
    }

    private Errno MakeIndexRoom(scoped ref HashPath path)
    {
        if (!path.BottomEntries.IsFull)
        {
            return Errno.None;
        }

        if (!path.HasNode)
        {
            return AddLevel(ref path);
        }

        // A third level would need the large_dir feature; the kernel says the same.
        return path.RootEntries.IsFull ? Errno.ENOSPC : SplitNode(ref path);
    }

    /// <summary>Puts one node between the full root and its leaves.</summary>
    private Errno AddLevel(scoped ref HashPath path)
    {
        BlockLease node = store.Append(out FileBlock number);
        Errno error = node.Error;
        error = error == Errno.None ? store.Order(node, path.Root) : error;
        if (error != Errno.None)
        {
            node.Dispose();
            return error;
        }

        HashTreeNode root = path.RootEntries;
        HashTreeNode.FormatNode(node.Bytes, number).TakeFrom(root, 0);
        root.Truncate(1);
        root.SetBlock(0, number);
        HashTreeNode.RootInfo(path.Root.Bytes).IndirectLevels = 1;
        node.Proofs = BlockProofs.Chain | BlockProofs.Index;
        DirectoryStore.Changed(node);
        DirectoryStore.Changed(path.Root);
        path.EnterNode(node, path.RootIndex);
        path.RootIndex = 0;
        return Errno.None;
    }

    /// <summary>Moves the upper half of a full node into a new one and goes on in the half on the way.</summary>
    private Errno SplitNode(scoped ref HashPath path)
    {
        BlockLease upper = store.Append(out FileBlock number);
        Errno error = upper.Error;
        error = error == Errno.None ? store.Order(upper, path.Root) : error;
        error = error == Errno.None ? store.Order(path.Root, path.Node) : error;
        if (error != Errno.None)
        {
            upper.Dispose();
            return error;
        }

        HashTreeNode lower = path.BottomEntries;
        int from = lower.Count / 2;
        uint hash = lower.HashAt(from);
        HashTreeNode.FormatNode(upper.Bytes, number).TakeFrom(lower, from);
        lower.Truncate(from);
        path.RootEntries.InsertBehind(path.RootIndex, hash, number);
        upper.Proofs = BlockProofs.Chain | BlockProofs.Index;
        DirectoryStore.Changed(upper);
        DirectoryStore.Changed(path.Node);
        DirectoryStore.Changed(path.Root);
        if (path.NodeIndex < from)
        {
            upper.Dispose();
            return Errno.None;
        }

        int index = path.NodeIndex - from;
        path.LeaveNode();
        path.EnterNode(upper, index);
        path.RootIndex++;
        return Errno.None;
    }
}
