using System.Text;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Finds and adds names, and makes directories. What is added lies in its place before anything leads to it.</summary>
internal sealed class DirectoryInserter(CheckedVolume volume, InodeFacts facts)
{
    private readonly BlockTree tree = new(volume);
    private readonly BlockMapWriter map = new(volume, facts);
    private readonly byte[] block = new byte[volume.BlockBytes];

    /// <summary>What a directory holds under a name.</summary>
    public SlotKind Find(uint directory, ReadOnlySpan<byte> name, out uint inode, out EntryPlace place)
    {
        foreach (uint number in Blocks(directory))
        {
            if (TryOpen(number, out DirectoryBlock records) && records.Find(name) is int offset and >= 0)
            {
                DirectoryRecord record = records.At(offset);
                inode = record.Inode.Value;
                place = new EntryPlace(number, offset);
                return inode != 0 ? SlotKind.Inode : record.Type == DirectoryEntryType.Whiteout ? SlotKind.Whiteout : SlotKind.Fallthru;
            }
        }
        inode = 0;
        place = default;
        return SlotKind.Absent;
    }

    /// <summary>
    /// Adds an entry, in place of a mark of that name when there is one; the directory grows when it is full. An index is dropped, since the
    /// place is not the one that the hash asks for. False: no room.
    /// </summary>
    public bool Insert(uint directory, ReadOnlySpan<byte> name, uint inode, InodeKind kind)
    {
        DirectoryEntryType type = TypeOf(kind);
        SlotKind slot = Find(directory, name, out _, out EntryPlace mark);
        if (slot is SlotKind.Whiteout or SlotKind.Fallthru)
        {
            facts.Statistics.Whiteouts -= slot == SlotKind.Whiteout ? 1 : 0;
            facts.Statistics.Fallthrus -= slot == SlotKind.Fallthru ? 1 : 0;
            DirectoryBlock.OpenProved(block, volume.HasFileType).Retarget(mark.Offset, new InodeNumber(inode), type);
            volume.Store.Write(mark.Block, block);
            return true;
        }
        DropIndex(directory);
        foreach (uint number in Blocks(directory))
        {
            if (TryOpen(number, out DirectoryBlock records) && records.FindRoom(RecordLength.Needed(name.Length)) is int offset and >= 0)
            {
                _ = records.Append(offset, name, new InodeNumber(inode), type);
                volume.Store.Write(number, block);
                return true;
            }
        }
        return Grow(directory, name, inode, kind) != 0;
    }

    /// <summary>As <see cref="Insert"/>, for a name that is known not to be there and may go to the end: its cost does not grow with the directory's names.</summary>
    public bool Append(uint directory, ReadOnlySpan<byte> name, uint inode, InodeKind kind)
    {
        DirectoryEntryType type = TypeOf(kind);
        DropIndex(directory);
        uint last = Blocks(directory)[^1];
        if (TryOpen(last, out DirectoryBlock records) && records.FindRoom(RecordLength.Needed(name.Length)) is int offset and >= 0)
        {
            _ = records.Append(offset, name, new InodeNumber(inode), type);
            volume.Store.Write(last, block);
            return true;
        }
        return Grow(directory, name, inode, kind) != 0;
    }

    /// <summary>Adds an entry to one block of a directory that has no index. False: there is no room for so many bytes.</summary>
    public bool TryAppend(uint number, int needed, ReadOnlySpan<byte> name, uint inode, InodeKind kind)
    {
        if (!TryOpen(number, out DirectoryBlock records) || records.FindRoom(needed) is not (int offset and >= 0))
        {
            return false;
        }
        _ = records.Append(offset, name, new InodeNumber(inode), TypeOf(kind));
        volume.Store.Write(number, block);
        return true;
    }

    /// <summary>Adds the names of a block that begin with a character, marks included.</summary>
    public void Collect(uint number, byte first, HashSet<string> names)
    {
        if (!TryOpen(number, out DirectoryBlock records))
        {
            return;
        }
        foreach (DirectoryRecord record in records)
        {
            if (record.IsInUse && record.Name.Length > 0 && record.Name[0] == first)
            {
                _ = names.Add(Encoding.Latin1.GetString(record.Name));
            }
        }
    }

    /// <summary>Makes an empty directory with a given number; it is not yet in any other. Returns the number, 0 when there is no room.</summary>
    public uint MakeDirectory(uint number, uint parent, uint permissions)
    {
        uint data = number == 0 ? 0 : facts.Allocate();
        if (data == 0)
        {
            return 0;
        }
        _ = DotRecords.Format(block, volume.HasFileType, number, parent, out _);
        volume.Store.Write(data, block);
        // What lay in the block before must never be taken for names.
        volume.Store.Settle();
        byte[] bytes = new byte[volume.Geometry.InodeBytes];
        var view = new InodeView(bytes);
        view.Initialize();
        view.Raw.Mode = (ushort)ModeBits.Of(InodeKind.Directory, permissions);
        view.Raw.LinksCount = 2;
        view.Raw.AccessTime = volume.Now;
        view.Raw.ChangeTime = volume.Now;
        view.Raw.ModifyTime = volume.Now;
        view.Size = volume.BlockBytes;
        view.Raw.Blocks512 = (uint)(volume.BlockBytes / 512);
        view.Raw.Block[0] = data;
        volume.WriteInode(number, bytes);
        volume.Store.Settle();
        facts.Inodes.Set(number, InodeKind.Directory, 2);
        facts.Inodes.AddLink(number);
        facts.Statistics.Add(InodeKind.Directory);
        facts.Directories.Add(new DirectoryFacts { Inode = number, DotDot = parent, FirstBlock = data, BlockCount = 1 });
        return number;
    }

    /// <summary>The blocks of a directory, in order.</summary>
    public uint[] Blocks(uint directory) => DirectoryBlockList.Read(volume, tree, directory, facts.Directories[directory].BlockCount);

    private bool TryOpen(uint number, out DirectoryBlock records)
    {
        records = default;
        if (number == 0)
        {
            return false;
        }
        volume.Store.Read(number, block);
        return DirectoryBlock.TryOpen(block, volume.HasFileType, out records) == DirectoryFault.None;
    }

    /// <summary>Adds an entry in a new block at the end of a directory, whose index goes. Returns the block, 0 when there is no room.</summary>
    public uint Grow(uint directory, ReadOnlySpan<byte> name, uint inode, InodeKind kind)
    {
        uint data = facts.Allocate();
        if (data == 0)
        {
            return 0;
        }
        DropIndex(directory);
        DirectoryBlock records = DirectoryBlock.Format(block, volume.HasFileType);
        _ = records.Append(0, name, new InodeNumber(inode), TypeOf(kind));
        volume.Store.Write(data, block);
        byte[] bytes = volume.ReadInode(directory);
        var view = new InodeView(bytes);
        ref DirectoryFacts record = ref facts.Directories[directory];
        map.Begin();
        if (!map.Set(view, record.BlockCount, data))
        {
            facts.Free(data);
            map.Taken.ForEach(facts.Free);
            return 0;
        }
        record.BlockCount++;
        view.Size = (long)record.BlockCount << volume.Geometry.BlockBits;
        volume.Store.Settle();
        view.Raw.Blocks512 = view.Raw.Blocks512 + (uint)((1 + map.Taken.Count) * (volume.BlockBytes / 512));
        volume.WriteInode(directory, bytes);
        return data;
    }

    private DirectoryEntryType TypeOf(InodeKind kind) => volume.HasFileType ? DirectoryEntryTypes.Of(kind) : DirectoryEntryType.Unknown;

    /// <summary>Takes the index away from a directory to which names are added where there is room.</summary>
    public void DropIndex(uint directory)
    {
        ref DirectoryFacts record = ref facts.Directories[directory];
        if (!record.Indexed)
        {
            return;
        }
        byte[] bytes = volume.ReadInode(directory);
        var view = new InodeView(bytes);
        view.Flags &= ~RawInodeFlags.Indexed;
        volume.WriteInode(directory, bytes);
        record.Indexed = false;
        record.Rebuild |= RebuildReasons.Index;
    }
}
