using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Directories;

/// <summary>
/// The names of one directory: finding, placing, changing and removing records, with or without an index. It knows nothing of inodes; what a name may
/// replace is said by who calls. Marks and ordinary entries go the same ways. All names are proper: 1 to 255 bytes, not "." or "..".
/// </summary>
internal sealed partial class DirectoryContent(DirectoryStore store)
{
    // Below this many blocks a walk costs less than a map.
    private const uint MapThreshold = 4;

    private readonly HashTree tree = new(store);
    private LinearMap? map;

    /// <summary>Blocks looked at for names since the directory came into memory: what the cost of an operation is counted in.</summary>
    public long BlocksVisited => tree.LeavesVisited + linearVisits;

    private long linearVisits;

    /// <summary>Whether names are found by the index now.</summary>
    private bool IsIndexed => store.MayIndex && store.HasIndexFlag && !tree.IsBroken;

    /// <summary>A directory of one block that will be indexed when it grows.</summary>
    private bool MayBecomeIndexed => store.MayIndex && !store.HasIndexFlag && store.BlockCount == 1;

    /// <summary>Finds a name's record. Errors: ENOENT, EUCLEAN, EIO.</summary>
    public Errno Find(ReadOnlySpan<byte> name, out EntryPlace place)
    {
        if (IsIndexed)
        {
            Errno error = tree.Find(name, out place);
            if (error != Errno.EUCLEAN || IsIndexed)
            {
                return error;
            }
        }

        return FindLinear(name, out place);
    }

    /// <summary>
    /// Finds or makes room for a name that <see cref="Find"/> has just not found. Nothing visible changes. Errors: ENOSPC, EUCLEAN, EIO.
    /// </summary>
    public Errno FindPlace(ReadOnlySpan<byte> name, out EntryPlace place)
    {
        Errno error;
        if (MayBecomeIndexed)
        {
            error = FindPlaceInFirst(name, out place);
            if (error is not (Errno.ENOENT or Errno.EOPNOTSUPP))
            {
                return error;
            }
        }

        if (IsIndexed)
        {
            error = tree.FindPlace(name, out place);
            if (error != Errno.EUCLEAN || IsIndexed)
            {
                return error;
            }
        }

        return FindPlaceLinear(RecordLength.Needed(name.Length), out place);
    }

    /// <summary>Puts a record into a place that was found for its name: <c>ext2_append_link</c>. Answers where the record is.</summary>
    public int Append(scoped in EntryPlace place, ReadOnlySpan<byte> name, InodeNumber inode, DirectoryEntryType type)
    {
        DirectoryStore.Changed(place.Lease);
        DirectoryBlock records = store.Records(place.Lease);
        int offset = records.Append(place.Offset, name, inode, type);
        map?.Added(name, place.Block, records);
        return offset;
    }

    /// <summary>Finds the place, rejects a duplicate, then appends: <c>ext2_add_link</c>. Errors: EEXIST for a mark too, ENOSPC, EUCLEAN, EIO.</summary>
    public Errno Add(ReadOnlySpan<byte> name, InodeNumber inode, DirectoryEntryType type)
    {
        Errno error = Find(name, out EntryPlace place);
        if (error == Errno.None)
        {
            place.Dispose();
            return Errno.EEXIST;
        }

        error = error == Errno.ENOENT ? FindPlace(name, out place) : error;
        if (error == Errno.None)
        {
            _ = Append(place, name, inode, type);
            place.Dispose();
        }

        return error;
    }

    /// <summary>Lets a record stand for something else under its name.</summary>
    public void Retarget(scoped in EntryPlace place, InodeNumber inode, DirectoryEntryType type)
    {
        DirectoryStore.Changed(place.Lease);
        store.Records(place.Lease).Retarget(place.Offset, inode, type);
    }

    /// <summary>Removes a record.</summary>
    public void Remove(scoped in EntryPlace place)
    {
        DirectoryStore.Changed(place.Lease);
        DirectoryBlock records = store.Records(place.Lease);
        map?.Removed(records.At(place.Offset).Name, place.Block);
        records.Remove(place.Offset);
        map?.NoteRoom(place.Block.Value, records);
    }

    /// <summary>The record at a place.</summary>
    public DirectoryRecord RecordAt(scoped in EntryPlace place) => store.Records(place.Lease).At(place.Offset);

    /// <summary>Makes the first block of a new directory. Errors: ENOSPC, EIO.</summary>
    public Errno Start(InodeNumber self, InodeNumber parent)
    {
        using BlockLease lease = store.Append(out _);
        if (lease.Error != Errno.None)
        {
            return lease.Error;
        }

        DirectoryBlock records = store.Records(lease);
        _ = records.Append(records.Append(0, "."u8, self, DirectoryEntryType.Directory), ".."u8, parent, DirectoryEntryType.Directory);
        lease.Proofs = BlockProofs.Chain;
        return store.WriteThrough(lease);
    }

    /// <summary>The inode that ".." names. Errors: EUCLEAN, EIO.</summary>
    public Errno GetParent(out InodeNumber parent)
    {
        Errno error = FindParent(out EntryPlace place);
        parent = error == Errno.None ? RecordAt(place).Inode : default;
        place.Dispose();
        return error;
    }

    /// <summary>Lets ".." name another inode. Errors: EUCLEAN, EIO.</summary>
    public Errno SetParent(InodeNumber parent)
    {
        Errno error = FindParent(out EntryPlace place);
        if (error == Errno.None)
        {
            Retarget(place, parent, DirectoryEntryType.Directory);
        }

        place.Dispose();
        return error;
    }

    // ".." is the second record of the first block, whatever the layout of the directory.
    private Errno FindParent(out EntryPlace place)
    {
        place = default;
        FileBlock first = new(0);
        if (store.GetChain(first, out BlockLease lease) is var error and not Errno.None)
        {
            return error;
        }

        DirectoryBlock records = store.Records(lease);
        int offset = records.At(0).Length;
        if (offset < records.Length)
        {
            DirectoryRecord record = records.At(offset);
            if (record.Name.SequenceEqual(".."u8) && !record.Inode.IsNone)
            {
                place = new EntryPlace(lease, first, offset);
                return Errno.None;
            }
        }

        lease.Dispose();
        return store.Corrupt(first, "no \"..\" in its place");
    }

    private Errno FindLinear(ReadOnlySpan<byte> name, out EntryPlace place)
    {
        place = default;
        if (store.BlockCount > MapThreshold && map is null && LinearMap.TryBuild(store, out map) == Errno.None)
        {
            linearVisits += store.BlockCount;
        }

        if (map is not null)
        {
            return FindMapped(name, out place);
        }

        uint count = store.BlockCount;
        for (uint block = 0; block < count; block++)
        {
            Errno error = FindIn(new FileBlock(block), name, out place);
            if (error != Errno.ENOENT)
            {
                return error;
            }
        }

        return Errno.ENOENT;
    }

    private Errno FindMapped(ReadOnlySpan<byte> name, out EntryPlace place)
    {
        place = default;
        uint key = NameKey.Of(name);
        int state = 0;
        while (map!.TryNext(key, ref state, out uint block))
        {
            Errno error = FindIn(new FileBlock(block), name, out place);
            if (error != Errno.ENOENT)
            {
                return error;
            }
        }

        return Errno.ENOENT;
    }

    private Errno FindIn(FileBlock block, ReadOnlySpan<byte> name, out EntryPlace place)
    {
        place = default;
        linearVisits++;
        if (store.GetChain(block, out BlockLease lease) is var error and not Errno.None)
        {
            return error;
        }

        int offset = store.Records(lease).Find(name);
        if (offset < 0)
        {
            lease.Dispose();
            return Errno.ENOENT;
        }

        place = new EntryPlace(lease, block, offset);
        return Errno.None;
    }

    /// <summary>Answers ENOENT when the directory was turned into an indexed one instead, EOPNOTSUPP when it cannot be.</summary>
    private Errno FindPlaceInFirst(ReadOnlySpan<byte> name, out EntryPlace place)
    {
        place = default;
        FileBlock first = new(0);
        if (store.GetChain(first, out BlockLease lease) is var error and not Errno.None)
        {
            return error;
        }

        int offset = tree.MakeRoom(lease, RecordLength.Needed(name.Length));
        if (offset >= 0)
        {
            place = new EntryPlace(lease, first, offset);
            return Errno.None;
        }

        lease.Dispose();
        error = tree.Convert();
        return error == Errno.None ? Errno.ENOENT : error;
    }

    private Errno FindPlaceLinear(int needed, out EntryPlace place)
    {
        place = default;
        // A writer that does not keep the index up must say so first (the kernel's ext2 does the same): else names would be missed.
        Errno error = store.HasIndexFlag ? store.SetIndexFlag(false) : Errno.None;
        if (error != Errno.None)
        {
            return error;
        }

        if (map is not null)
        {
            return map.TryFindRoom(needed, out uint found) ? FindRoomIn(new FileBlock(found), needed, out place) : FindPlaceInNew(out place);
        }

        uint count = store.BlockCount;
        for (uint block = 0; block < count; block++)
        {
            error = FindRoomIn(new FileBlock(block), needed, out place);
            if (error != Errno.ENOENT)
            {
                return error;
            }
        }

        return FindPlaceInNew(out place);
    }

    private Errno FindRoomIn(FileBlock block, int needed, out EntryPlace place)
    {
        place = default;
        linearVisits++;
        if (store.GetChain(block, out BlockLease lease) is var error and not Errno.None)
        {
            return error;
        }

        int offset = store.Records(lease).FindRoom(needed);
        if (offset < 0)
        {
            lease.Dispose();
            return Errno.ENOENT;
        }

        place = new EntryPlace(lease, block, offset);
        return Errno.None;
    }

    private Errno FindPlaceInNew(out EntryPlace place)
    {
        place = default;
        BlockLease lease = store.Append(out FileBlock block);
        if (lease.Error != Errno.None)
        {
            return lease.Error;
        }

        lease.Proofs = BlockProofs.Chain;
        map?.NoteRoom(block.Value, store.Records(lease));
        place = new EntryPlace(lease, block, 0);
        return Errno.None;
    }
}
