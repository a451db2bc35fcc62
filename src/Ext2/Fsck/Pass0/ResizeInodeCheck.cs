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
            if (HasBlocks(view))
            {
                if (reporter.Raise(SuperblockProblems.ResizeInodeNotClear))
                {
                    view.Bytes.Clear();
                    volume.WriteInode(Number, bytes);
                }
            }
            else
            {
                CheckSize(view, bytes, 0);
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
        if (!AreListsSound(view, geometry.ReservedGdtBlocks / CheckedPart, geometry.ReservedGdtBlocks, true))
        {
            uint listed = CountListed(view);
            bool isLight = listed == BlockTotal();
            var counts = new Place { Found = listed, Expected = BlockTotal() };
            if (reporter.Raise(isLight ? SuperblockProblems.ResizeInodeLists : SuperblockProblems.ResizeInodeCount, counts))
            {
                Write(bytes);
                return;
            }
        }
        // Whether they are attributes pass 1 finds out.
        uint attributes = volume.IsLegal(view.Raw.FileAcl) ? 1u : 0;
        uint expected = (BlockTotal() + attributes) * (uint)(volume.BlockBytes / 512);
        var place = new Place { Inode = Number, Found = view.Raw.Blocks512, Expected = expected };
        if (view.Raw.Blocks512 != expected && reporter.Raise(InodeProblems.BlockCount, place))
        {
            view.Raw.Blocks512 = expected;
            volume.WriteInode(Number, bytes);
        }
        CheckSize(view, bytes, MappedBytes());
    }

    // A size that some file could have e2fsck passes over: nothing reads it.
    private void CheckSize(InodeView view, byte[] bytes, long expected)
    {
        long size = view.Raw.SizeLow | ((long)view.Raw.SizeHigh << 32);
        bool isWrong = size < 0 || size > geometry.MaximumFileBytes;
        if (isWrong && reporter.Raise(InodeProblems.Size, new Place { Inode = Number, Found = size, Expected = expected }))
        {
            view.Raw.SizeLow = (uint)expected;
            view.Raw.SizeHigh = (uint)(expected >> 32);
            volume.WriteInode(Number, bytes);
        }
    }

    // mke2fs stores the size up to the end of what a double indirect block maps.
    private long MappedBytes() => ((long)BlockTree.DirectPointers + (volume.BlockBytes / 4) + ((long)(volume.BlockBytes / 4) * (volume.BlockBytes / 4)))
        << geometry.BlockBits;

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

    // What the lists behind their first quarter name e2fsck only counts.
    private uint CountListed(InodeView view)
    {
        byte[] block = new byte[volume.BlockBytes];
        volume.Store.Read(view.Raw.Block[DoubleIndirectSlot], block);
        uint count = 1;
        foreach (uint list in Overlay.Pointers((byte[])block.Clone()))
        {
            if (list == 0)
            {
                continue;
            }
            count++;
            volume.Store.Read(volume.IsLegal(list) ? list : geometry.FirstDataBlock.Value, block);
            foreach (uint pointer in Overlay.Pointers(block))
            {
                count += volume.IsLegal(list) && pointer != 0 ? 1u : 0;
            }
        }
        return count;
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

    // The root is kept only where it can be one: a number that was damaged leads to another's block. A new one is found when it is known which blocks are free.
    private void Write(byte[] bytes)
    {
        byte[] block = new byte[volume.BlockBytes];
        var view = new InodeView(bytes);
        uint root = view.Raw.Block[DoubleIndirectSlot];
        for (uint index = 0; index < geometry.ReservedGdtBlocks; index++)
        {
            FillList(block, Reserved(index));
            volume.Store.Write(Reserved(index), block);
        }
        if (volume.IsLegal(root) && !volume.IsMetadata(root) && LooksLikeRoot(root))
        {
            WriteRoot(bytes, root);
            return;
        }
        view.Bytes.Clear();
        volume.WriteInode(Number, bytes);
        volume.LacksResizeRoot = true;
    }

    private bool LooksLikeRoot(uint root)
    {
        byte[] found = new byte[volume.BlockBytes], expected = new byte[volume.BlockBytes];
        volume.Store.Read(root, found);
        FillRoot(expected);
        ReadOnlySpan<Le32> pointers = Overlay.ReadPointers(found), wanted = Overlay.ReadPointers(expected);
        int right = 0;
        for (int slot = 0; slot < pointers.Length; slot++)
        {
            if (pointers[slot] != 0 && !volume.IsLegal(pointers[slot]))
            {
                return false;
            }
            right += pointers[slot] != 0 && pointers[slot] == wanted[slot] ? 1 : 0;
        }
        return right > 0 || found.AsSpan().SequenceEqual(expected);
    }

    /// <summary>Makes the root that pass 0 missed, when passes 1 and 1b know what is free. Where nothing is, the volume gives up to be resized.</summary>
    public static void MakeRoot(CheckedVolume volume, Reporter reporter, InodeFacts facts)
    {
        if (!volume.LacksResizeRoot)
        {
            return;
        }
        volume.LacksResizeRoot = false;
        uint root = facts.Allocate();
        if (root != 0)
        {
            new ResizeInodeCheck(volume, reporter).WriteRoot(volume.ReadInode(Number), root);
            return;
        }
        volume.Superblock.Compat = (uint)((CompatFeatures)(uint)volume.Superblock.Compat & ~CompatFeatures.ResizeInode);
        volume.Superblock.ReservedGdtBlocks = 0;
        new VolumeEnding(volume).WriteHeader();
        throw new CheckStopped(StopReason.Again);
    }

    private void WriteRoot(byte[] bytes, uint root)
    {
        byte[] block = new byte[volume.BlockBytes];
        FillRoot(block);
        volume.Store.Write(root, block);
        volume.Store.Settle();
        var view = new InodeView(bytes);
        view.Initialize();
        view.Raw.Mode = (ushort)ModeBits.Of(InodeKind.File, 0x180);
        view.Raw.LinksCount = 1;
        view.Raw.ModifyTime = volume.Now;
        view.Raw.ChangeTime = volume.Now;
        view.Raw.AccessTime = volume.Now;
        view.Raw.Block[DoubleIndirectSlot] = root;
        view.Raw.Blocks512 = BlockTotal() * (uint)(volume.BlockBytes / 512);
        view.Size = MappedBytes();
        volume.WriteInode(Number, bytes);
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
