using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Inode 7: its double indirect block lists the reserved descriptor blocks of group 0, and each of those lists its copies in the groups with a
/// backup. Without the feature resize_inode it must be empty.
/// </summary>
internal sealed class ResizeInodeCheck(CheckedVolume volume, Reporter reporter)
{
    private const uint Number = 7;
    private const int DoubleIndirectSlot = 13;

    // e2fsck looks at the first quarter of the lists; what is damaged behind it makes no difference to its verdict.
    private const uint CheckedPart = 4;
    private readonly Geometry geometry = volume.Geometry;

    public void Run()
    {
        byte[] bytes = volume.ReadInode(Number);
        var view = new InodeView(bytes);
        if (!volume.Has(CompatFeatures.ResizeInode))
        {
            if (HasBlocks(view) || view.Size != 0)
            {
                if (reporter.Raise(SuperblockProblems.ResizeInodeNotClear))
                {
                    view.Bytes.Clear();
                    volume.WriteInode(Number, bytes);
                }
            }
            return;
        }
        if (!IsUsable(view) || !AreListsSound(view, 0, geometry.ReservedGdtBlocks / CheckedPart, false) || HasIllegalBlocks())
        {
            if (reporter.Raise(SuperblockProblems.ResizeInode))
            {
                Write(bytes);
            }
            return;
        }
        if (!AreListsSound(view, geometry.ReservedGdtBlocks / CheckedPart, geometry.ReservedGdtBlocks, true) && reporter.Raise(SuperblockProblems.ResizeInodeLists))
        {
            Write(bytes);
            return;
        }
        uint expected = BlockTotal() * (uint)(volume.BlockBytes / 512);
        var place = new Place { Inode = Number, Found = view.Raw.Blocks512, Expected = expected };
        if (view.Raw.Blocks512 != expected && reporter.Raise(InodeProblems.BlockCount, place))
        {
            view.Raw.Blocks512 = expected;
            volume.WriteInode(Number, bytes);
        }
    }

    private static bool HasBlocks(InodeView view)
    {
        foreach (Le32 pointer in (ReadOnlySpan<Le32>)view.Raw.Block)
        {
            if (pointer != 0)
            {
                return true;
            }
        }
        return false;
    }

    private bool IsUsable(InodeView view)
    {
        uint root = view.Raw.Block[DoubleIndirectSlot];
        Span<Le32> pointers = view.Raw.Block;
        for (int slot = 0; slot < pointers.Length; slot++)
        {
            if (slot != DoubleIndirectSlot && pointers[slot] != 0)
            {
                return false;
            }
        }
        return volume.IsLegal(root) && !volume.IsMetadata(root) && view.Kind == InodeKind.File && view.Raw.LinksCount != 0;
    }

    // The lists of reserved blocks from one to another, and their places in the root; of a whole root the rest too, which is empty.
    private bool AreListsSound(InodeView view, uint from, uint to, bool isWhole)
    {
        byte[] found = new byte[volume.BlockBytes];
        byte[] expected = new byte[volume.BlockBytes];
        volume.Store.Read(view.Raw.Block[DoubleIndirectSlot], found);
        FillRoot(expected);
        if (isWhole && !found.AsSpan().SequenceEqual(expected))
        {
            return false;
        }
        Span<Le32> pointers = Overlay.Pointers(found);
        for (uint index = from; index < to; index++)
        {
            if (pointers[(int)((geometry.DescriptorBlocks + index) % (uint)pointers.Length)] != Reserved(index))
            {
                return false;
            }
        }
        for (uint index = from; index < to; index++)
        {
            volume.Store.Read(Reserved(index), found);
            FillList(expected, Reserved(index));
            if (!found.AsSpan().SequenceEqual(expected))
            {
                return false;
            }
        }
        return true;
    }

    // Numbers beyond the volume e2fsck finds wherever they are.
    private bool HasIllegalBlocks()
    {
        byte[] found = new byte[volume.BlockBytes];
        for (uint index = 0; index < geometry.ReservedGdtBlocks; index++)
        {
            volume.Store.Read(Reserved(index), found);
            foreach (ref readonly Le32 pointer in Overlay.Pointers(found))
            {
                if (pointer != 0 && !volume.IsLegal(pointer))
                {
                    return true;
                }
            }
        }
        return false;
    }

    private void Write(byte[] bytes)
    {
        byte[] block = new byte[volume.BlockBytes];
        var view = new InodeView(bytes);
        uint root = view.Raw.Block[DoubleIndirectSlot];
        if (!volume.IsLegal(root) || volume.IsMetadata(root))
        {
            root = FindRoot();
        }
        for (uint index = 0; index < geometry.ReservedGdtBlocks; index++)
        {
            FillList(block, Reserved(index));
            volume.Store.Write(Reserved(index), block);
        }
        FillRoot(block);
        volume.Store.Write(root, block);
        view.Initialize();
        view.Raw.Mode = (ushort)ModeBits.Of(InodeKind.File, 0x180);
        view.Raw.LinksCount = 1;
        view.Raw.ModifyTime = volume.Now;
        view.Raw.ChangeTime = volume.Now;
        view.Raw.AccessTime = volume.Now;
        view.Raw.Block[DoubleIndirectSlot] = root;
        view.Raw.Blocks512 = BlockTotal() * (uint)(volume.BlockBytes / 512);
        // mke2fs stores the size up to the end of what a double indirect block maps.
        view.Size = ((long)BlockTree.DirectPointers + (volume.BlockBytes / 4) + ((long)(volume.BlockBytes / 4) * (volume.BlockBytes / 4)))
            << geometry.BlockBits;
        volume.WriteInode(Number, bytes);
    }

    // The bitmap may be wrong, but pass 1b gives a file that lies there a copy of its own.
    private uint FindRoot()
    {
        byte[] bitmap = new byte[volume.BlockBytes];
        for (uint group = 0; group < geometry.GroupCount; group++)
        {
            volume.Store.Read(volume.Descriptor(group).BlockBitmap, bitmap);
            int count = geometry.BlocksIn(group);
            var bits = new Bitmap(bitmap, count);
            for (int index = bits.FirstClear(0, count); index >= 0; index = bits.FirstClear(index + 1, count))
            {
                uint block = geometry.FirstBlockOf(group).Value + (uint)index;
                if (volume.IsLegal(block) && !volume.IsMetadata(block))
                {
                    return block;
                }
            }
        }
        return geometry.BlockCount - 1;
    }

    private uint Reserved(uint index) => geometry.FirstDataBlock.Value + 1 + geometry.DescriptorBlocks + index;

    private uint BlockTotal() => 1 + (geometry.ReservedGdtBlocks * (1 + (uint)BackupGroups().Count()));

    private void FillRoot(byte[] block)
    {
        Array.Clear(block);
        Span<Le32> pointers = Overlay.Pointers(block);
        for (uint index = 0; index < geometry.ReservedGdtBlocks; index++)
        {
            pointers[(int)((geometry.DescriptorBlocks + index) % (uint)pointers.Length)] = Reserved(index);
        }
    }

    private void FillList(byte[] block, uint reserved)
    {
        Array.Clear(block);
        Span<Le32> pointers = Overlay.Pointers(block);
        int at = 0;
        foreach (uint group in BackupGroups())
        {
            if (at < pointers.Length)
            {
                pointers[at++] = reserved + (group * geometry.BlocksPerGroup);
            }
        }
    }

    private IEnumerable<uint> BackupGroups()
    {
        for (uint group = 1; group < geometry.GroupCount; group++)
        {
            if (geometry.HasSuperblock(group))
            {
                yield return group;
            }
        }
    }
}
