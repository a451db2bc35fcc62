using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Directories with two names. A rename that was cut off leaves the old name beside the new one, and ".." tells which of them holds: that one
/// stays.
/// </summary>
internal sealed class SecondParents(CheckedVolume volume, Reporter reporter, InodeFacts facts)
{
    private readonly BlockTree tree = new(volume);
    private readonly byte[] block = new byte[volume.BlockBytes];

    public void Decide(List<SecondLink> links)
    {
        foreach (SecondLink link in links)
        {
            ref DirectoryFacts child = ref facts.Directories[link.Child];
            EntryPlace loser = link.Place;
            uint from = link.Directory;
            bool isSecondRight = child.DotDot == link.Directory && child.Parent != link.Directory && child.Parent != 0 && link.Directory != link.Child;
            if (isSecondRight && TryFind(child.Parent, link.Child, out EntryPlace first))
            {
                (loser, from) = (first, child.Parent);
            }
            volume.Store.Read(loser.Block, block);
            ref DirectoryRecordHeader header = ref UncheckedOverlay.RecordHeader(block, loser.Offset);
            ShownName name = Place.Show(block.AsSpan(loser.Offset + RecordLength.HeaderBytes, header.NameLength));
            if (header.Inode != link.Child)
            {
                continue;
            }
            if (!reporter.Raise(DirectoryProblems.SecondParent, new Place { Directory = from, Inode = link.Child, Name = name }))
            {
                facts.Inodes.AddLink(link.Child);
                continue;
            }
            header.Inode = 0;
            header.Type = DirectoryEntryType.Unknown;
            volume.Store.Write(loser.Block, block);
            if (loser != link.Place)
            {
                child.Parent = link.Directory;
            }
        }
    }

    /// <summary>Finds the entry of a directory that leads to an inode.</summary>
    public bool TryFind(uint directory, uint child, out EntryPlace place) => TryFind(directory, child, default, out place);

    /// <summary>Finds the entry with a name (any one when empty) that leads to an inode.</summary>
    public bool TryFind(uint directory, uint child, ReadOnlySpan<byte> name, out EntryPlace place)
    {
        foreach (uint number in DirectoryBlockList.Read(volume, tree, directory, facts.Directories[directory].BlockCount))
        {
            if (number == 0)
            {
                continue;
            }
            volume.Store.Read(number, block);
            if (DirectoryBlock.TryOpen(block, volume.HasFileType, out DirectoryBlock records) != DirectoryFault.None)
            {
                continue;
            }
            foreach (DirectoryRecord record in records)
            {
                if (record.Inode.Value == child && !record.IsDots && (name.IsEmpty || record.Name.SequenceEqual(name)))
                {
                    place = new EntryPlace(number, record.Offset);
                    return true;
                }
            }
        }
        place = default;
        return false;
    }

    /// <summary>The name of an entry, until the next call.</summary>
    public ReadOnlySpan<byte> NameAt(EntryPlace place)
    {
        volume.Store.Read(place.Block, block);
        return block.AsSpan(place.Offset + RecordLength.HeaderBytes, UncheckedOverlay.RecordHeader(block, place.Offset).NameLength);
    }

    /// <summary>Gives an entry another name of as many bytes. Requires: no index, which would look for it elsewhere.</summary>
    public void Rename(EntryPlace place, ReadOnlySpan<byte> name)
    {
        volume.Store.Read(place.Block, block);
        name.CopyTo(block.AsSpan(place.Offset + RecordLength.HeaderBytes));
        volume.Store.Write(place.Block, block);
    }

    /// <summary>Removes an entry.</summary>
    public void Remove(EntryPlace place)
    {
        volume.Store.Read(place.Block, block);
        ref DirectoryRecordHeader header = ref UncheckedOverlay.RecordHeader(block, place.Offset);
        header.Inode = 0;
        header.Type = DirectoryEntryType.Unknown;
        volume.Store.Write(place.Block, block);
    }
}
