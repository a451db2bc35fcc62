using Ext2Union.Ext2.OnDisk.Directories;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Reads the index of copies, or a directory that has its name: entries in use, marks included.</summary>
internal sealed class CopyIndexReader(CheckedVolume volume, InodeFacts facts)
{
    private readonly BlockTree tree = new(volume);
    private readonly byte[] block = new byte[volume.BlockBytes];

    /// <summary>All entries that lead to an inode in use, and marks. Blocks that cannot be read are pass 2's.</summary>
    public List<CopyIndexEntry> Read(uint directory)
    {
        var found = new List<CopyIndexEntry>();
        foreach (uint number in DirectoryBlockList.Read(volume, tree, directory, facts.Directories[directory].BlockCount))
        {
            if (number == 0)
            {
                continue;
            }
            volume.Store.Read(number, block);
            if (DirectoryBlock.TryOpen(block, volume.HasFileType, out DirectoryBlock open) != DirectoryFault.None)
            {
                continue;
            }
            foreach (DirectoryRecord record in open)
            {
                if (record.IsInUse && !record.IsDots && (record.IsMark || facts.Inodes.IsUsed(record.Inode.Value)))
                {
                    found.Add(new CopyIndexEntry(record.Inode.Value, record.Name.ToArray(), record.Type, new EntryPlace(number, record.Offset)));
                }
            }
        }
        return found;
    }

    /// <summary>
    /// Whether a directory can be the index: it holds nothing, or a key at least, or a copy whose record says that it is in the index. The volume goes by keys alone, but a
    /// damaged name is none, and a directory that is nobody's index would keep the name from one that could be made.
    /// </summary>
    public bool MayBeIndex(uint directory)
    {
        List<CopyIndexEntry> found = Read(directory);
        return found.Count == 0
            || found.Exists(entry => entry.IsKey || (facts.Copies.TryGet(entry.Inode, out CopyNote note) && note is { IsReadable: true, IsIndexed: true }));
    }
}
