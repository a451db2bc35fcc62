using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Reads whole directories of a volume, the one under check or a lower. Nothing is repaired: what is damaged is said.</summary>
internal sealed class VolumeReader(CheckedVolume volume)
{
    private readonly BlockTree tree = new(volume);
    private readonly byte[] block = new byte[volume.BlockBytes];

    /// <summary>The attributes of its inodes.</summary>
    public AttributeReader Attributes { get; } = new(volume);

    /// <summary>Meets every record in use but "." and "..". Answers what is wrong, or null; of a damaged directory only a part was met.</summary>
    public string? Walk(uint inode, uint parent, Action<EntryPlace, DirectoryRecordCopy> meet)
    {
        var view = new InodeView(volume.ReadInode(inode));
        if (view.Kind != InodeKind.Directory || view.Raw.LinksCount == 0)
        {
            return "it is no directory";
        }
        uint count = Math.Min(view.Raw.SizeLow >> volume.Geometry.BlockBits, volume.Geometry.BlockCount);
        uint[] blocks = DirectoryBlockList.Read(volume, tree, inode, count);
        for (int i = 0; i < blocks.Length; i++)
        {
            if (blocks[i] == 0)
            {
                return $"block {i} of it is missing";
            }
            volume.Store.Read(blocks[i], block);
            if (DirectoryBlock.TryOpen(block, volume.HasFileType, out DirectoryBlock records) is var fault and not DirectoryFault.None)
            {
                return $"block {i} of it is damaged ({fault})";
            }
            // Each directory leads back to where it was found: so no directory is met twice, and a walk ends.
            if (i == 0 && (!DirectoryLook.IsFirstBlock(block, inode) || (parent != 0 && UncheckedOverlay.RecordHeader(block, RecordLength.Minimum).Inode != parent)))
            {
                return "its '.' and '..' lead elsewhere";
            }
            foreach (DirectoryRecord record in records)
            {
                if (record.IsInUse && !record.IsDots)
                {
                    meet(new EntryPlace(blocks[i], record.Offset), new DirectoryRecordCopy(record.Name.ToArray(), record.Inode.Value, record.Type));
                }
            }
        }
        return null;
    }

    /// <summary>Where a directory says that its lower twins lie, and whether it is opaque.</summary>
    public LowerDirectory Begin(uint inode)
    {
        var view = new InodeView(volume.ReadInode(inode));
        bool isNone = (view.Flags & RawInodeFlags.OriginNone) != 0;
        byte[]? stored = isNone ? null : Attributes.Read(view, XattrName.Origin);
        return new LowerDirectory
        {
            IsOpaque = (view.Flags & RawInodeFlags.Opaque) != 0,
            Origin = isNone ? OriginKind.None : stored is null ? OriginKind.Natural : OriginKind.Redirect,
            OriginPath = stored ?? [],
        };
    }

    /// <summary>What an entry is.</summary>
    public LowerEntry EntryOf(DirectoryRecordCopy record) =>
        record.Inode == 0 ? new LowerEntry(record.Type == DirectoryEntryType.Whiteout ? SlotKind.Whiteout : SlotKind.Fallthru, default)
        : new LowerEntry(SlotKind.Inode, new LowerNode(record.Inode, KindOf(record)));

    private InodeKind KindOf(DirectoryRecordCopy record) => record.Type != DirectoryEntryType.Unknown ? record.Type.ToKind()
        : record.Inode <= volume.Geometry.InodeCount ? new InodeView(volume.ReadInode(record.Inode)).Kind : 0;
}
