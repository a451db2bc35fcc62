using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// The list of inodes that were deleted while open or were being truncated (<c>s_last_orphan</c>, linked by <c>i_dtime</c>). A freed inode
/// gets a deletion time, and the block of attributes that it shared one owner less; its blocks and bits are free because passes 1 and 5 do not count them.
/// </summary>
internal sealed class OrphanList(CheckedVolume volume, Reporter reporter)
{
    public void Run()
    {
        uint inode = volume.Superblock.LastOrphan;
        if (inode == 0)
        {
            return;
        }
        var met = new BitSet(volume.Geometry.InodeCount + 1L);
        bool isCleared = true;
        var repairs = new List<uint>();
        while (inode != 0)
        {
            if (inode < volume.FirstInode || inode > volume.Geometry.InodeCount || !met.Add(inode) || !Ask(ref inode, repairs, ref isCleared))
            {
                isCleared = reporter.Raise(SuperblockProblems.OrphanListDamaged, new Place { Inode = inode });
                break;
            }
        }
        // From the end to the head, which goes last: until then the next run finds what is left of the list, and the first inode that was freed ends it.
        for (int at = repairs.Count - 1; at >= 0; at--)
        {
            Release(repairs[at]);
        }
        if (isCleared)
        {
            volume.Superblock.LastOrphan = 0;
            volume.IsHeaderChanged = true;
        }
    }

    private bool Ask(ref uint inode, List<uint> repairs, ref bool isCleared)
    {
        var view = new InodeView(volume.ReadInode(inode));
        uint next = view.Raw.DeletionTime;
        if (next > volume.Geometry.InodeCount || view.Raw.Mode == 0)
        {
            return false;
        }
        Problem problem = view.Raw.LinksCount == 0 ? SuperblockProblems.OrphanFreed : SuperblockProblems.OrphanTruncated;
        if (reporter.Raise(problem, new Place { Inode = inode, Name = Convert.ToString(view.Raw.Mode, 8), Found = view.Size }))
        {
            repairs.Add(inode);
        }
        else
        {
            isCleared = false;
        }
        inode = next;
        return true;
    }

    private void Release(uint inode)
    {
        byte[] bytes = volume.ReadInode(inode);
        var view = new InodeView(bytes);
        bool isDeleted = view.Raw.LinksCount == 0;
        if (!isDeleted)
        {
            Truncate(view);
        }
        view.Raw.DeletionTime = isDeleted ? volume.Now : 0;
        volume.WriteInode(inode, bytes);
        if (isDeleted)
        {
            LeaveAttributes(view.Raw.FileAcl);
        }
    }

    // Behind the inode: a count that is too high frees nothing that is in use.
    private void LeaveAttributes(uint block)
    {
        if (!volume.IsLegal(block) || volume.IsMetadata(block))
        {
            return;
        }
        byte[] bytes = new byte[volume.BlockBytes];
        volume.Store.Read(block, bytes);
        ref XattrBlockHeader header = ref XattrRegion.HeaderOf(bytes);
        if (header.Magic == XattrBlockHeader.MagicNumber && header.References > 1)
        {
            header.References = header.References - 1;
            volume.Store.Write(block, bytes);
        }
    }

    private void Truncate(InodeView view)
    {
        if (view.Kind is InodeKind.File or InodeKind.Directory)
        {
            long keep = (view.Size + volume.BlockBytes - 1) >> volume.Geometry.BlockBits;
            var cut = new Cut(volume, keep);
            _ = new BlockTree(volume).Walk(view, ref cut);
        }
    }

    private readonly struct Cut(CheckedVolume volume, long keep) : IBlockVisitor
    {
        public bool Visit(ref uint pointer, long index, int level)
        {
            if (index >= keep)
            {
                pointer = 0;
            }
            return pointer != 0 && volume.IsLegal(pointer) && !volume.IsMetadata(pointer);
        }
    }
}
