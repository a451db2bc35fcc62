using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Xattrs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Reads single attributes, inside the inode first, then in its block. What is damaged holds none.</summary>
internal class AttributeReader(CheckedVolume volume)
{
    /// <summary>The attribute block that was read last.</summary>
    protected byte[] Block { get; } = new byte[volume.BlockBytes];

    /// <summary>The value of an attribute; null when there is none, or where it would be is damaged.</summary>
    public byte[]? Read(InodeView view, XattrName name)
    {
        ReadOnlySpan<byte> area = view.Bytes[view.AttributesOffset..];
        if (HasSoundArea(area) && new XattrRegion(area, XattrLayout.Inode).TryFind(name, out ReadOnlySpan<byte> value))
        {
            return value.ToArray();
        }
        return TryReadBlock(view) && new XattrRegion(Block, XattrLayout.Block).TryFind(name, out value) ? value.ToArray() : null;
    }

    /// <summary>There are attributes inside an inode, and they are sound.</summary>
    protected static bool HasSoundArea(ReadOnlySpan<byte> area) => XattrRegion.HasMagic(area) && AttributeSoundness.FaultOfInode(area) is null;

    /// <summary>Reads the attribute block of an inode; false when it has none, or a damaged one.</summary>
    protected bool TryReadBlock(InodeView view)
    {
        uint number = view.Raw.FileAcl;
        if (number == 0 || !volume.IsLegal(number) || volume.IsMetadata(number))
        {
            return false;
        }
        volume.Store.Read(number, Block);
        return AttributeSoundness.FaultOfBlock(Block) is null;
    }
}
