using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Xattrs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Changes single attributes behind pass 1, when all blocks in use are known. A block is never changed where it lies, but for want of room: what others share is left
/// to them, and a new one is whole and durable before the inode leads to it.
/// </summary>
internal sealed class AttributeStore(CheckedVolume volume, InodeFacts facts) : AttributeReader(volume)
{
    private readonly CheckedVolume volume = volume;
    private readonly byte[] built = new byte[volume.BlockBytes];

    /// <summary>Sets an attribute, or removes it (null), and writes the inode. False: no room; nothing is changed.</summary>
    public bool Write(uint inode, XattrName name, byte[]? value)
    {
        byte[] bytes = volume.ReadInode(inode);
        var view = new InodeView(bytes);
        Span<byte> area = bytes.AsSpan(view.AttributesOffset);
        bool isInside = (!XattrRegion.HasMagic(area) || HasSoundArea(area)) && Rebuild(area, XattrLayout.Inode, name, value);
        if (isInside)
        {
            built.AsSpan(0, area.Length).CopyTo(area);
        }
        else
        {
            RemoveInside(area, name);
        }
        bool hasBlock = TryReadBlock(view);
        bool isInBlock = hasBlock && new XattrRegion(Block, XattrLayout.Block).TryFind(name, out _);
        if ((isInBlock || !isInside) && !WriteBlock(view, hasBlock, name, isInside ? null : value))
        {
            return false;
        }
        volume.WriteInode(inode, bytes);
        return true;
    }

    /// <summary>Gives back the attribute block of an inode that is freed.</summary>
    public void Release(InodeView view)
    {
        if (!TryReadBlock(view))
        {
            return;
        }
        ref XattrBlockHeader header = ref XattrRegion.HeaderOf(Block);
        if (header.References > 1)
        {
            header.References = header.References - 1;
            volume.Store.Write(view.Raw.FileAcl, Block);
        }
        else
        {
            facts.Free(view.Raw.FileAcl);
        }
    }

    // Lays a region out anew in the second buffer, without the attribute and then with its new value.
    private bool Rebuild(ReadOnlySpan<byte> old, XattrLayout layout, XattrName name, byte[]? value)
    {
        if (old.Length <= layout.FirstEntry + sizeof(uint))
        {
            return false;
        }
        var builder = new XattrBuilder(built.AsSpan(0, old.Length), layout);
        bool hasOld = layout == XattrLayout.Block || XattrRegion.HasMagic(old);
        if ((hasOld && !builder.TryAddAllBut(new XattrRegion(old, layout), name)) || (value is not null && !builder.TryAdd(name, value)))
        {
            return false;
        }
        if (layout == XattrLayout.Block)
        {
            builder.FinishBlock();
        }
        else
        {
            builder.FinishInode();
        }
        return true;
    }

    private void RemoveInside(Span<byte> area, XattrName name)
    {
        if (HasSoundArea(area) && Rebuild(area, XattrLayout.Inode, name, null))
        {
            built.AsSpan(0, area.Length).CopyTo(area);
        }
    }

    private bool WriteBlock(InodeView view, bool hasBlock, XattrName name, byte[]? value)
    {
        bool isOther = view.Raw.FileAcl != 0 && !hasBlock;
        if (!hasBlock)
        {
            Array.Clear(Block);
        }
        bool isShared = hasBlock && XattrRegion.HeaderOf(Block).References > 1;
        if (isOther || !Rebuild(Block, XattrLayout.Block, name, value))
        {
            return false;
        }
        uint number = facts.Allocate();
        if (number == 0 && (!hasBlock || isShared))
        {
            return false;
        }
        if (number == 0)
        {
            // No room for another one: a write that is torn here may cost what the block held.
            volume.Store.Write(view.Raw.FileAcl, built);
            return true;
        }
        volume.Store.Write(number, built);
        volume.Store.Settle();
        if (hasBlock)
        {
            Release(view);
        }
        view.Raw.Blocks512 = view.Raw.Blocks512 + (hasBlock ? 0 : (uint)volume.BlockBytes / 512);
        view.Raw.FileAcl = number;
        if (!volume.Has(CompatFeatures.ExtendedAttributes) && volume.Superblock.Revision != 0)
        {
            volume.Superblock.Compat = (uint)((CompatFeatures)(uint)volume.Superblock.Compat | CompatFeatures.ExtendedAttributes);
            volume.IsHeaderChanged = true;
        }
        return true;
    }
}
