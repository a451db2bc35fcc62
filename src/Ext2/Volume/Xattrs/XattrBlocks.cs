using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <summary>
/// Blocks of attributes (i_file_acl): inodes with the same content share one, up to 1024; who changes a shared one gets a block of their own. Each
/// inode counts the block in its i_blocks, shared or not. Guarded by the volume's lock.
/// </summary>
internal sealed class XattrBlocks(Ext2Volume volume)
{
    // Not a bit of those that directories and bitmaps use: a corrupt volume may name one block for two things.
    private const byte Checked = 0x80;

    private readonly XattrBlockIndex index = new();

    // Of this epoch: blocks that nothing on the disk refers to yet, and blocks that an inode of the disk refers to and one of memory does not.
    private readonly HashSet<uint> made = [];
    private readonly HashSet<uint> left = [];
    private uint epoch;

    /// <summary>
    /// The block of an inode and its attributes; both empty where it has none. The caller disposes the lease. Errors: EIO, EUCLEAN.
    /// </summary>
    public Errno Open(InodeNumber number, in InodeLease inode, out BlockLease lease, out XattrRegion region)
    {
        BlockNumber block = new(inode.Raw.FileAcl);
        lease = default;
        region = default;
        if (block.IsNone)
        {
            return Errno.None;
        }

        if (!volume.Geometry.IsDataBlock(block) || volume.Bitmaps.IsMetadata(volume.Geometry.GroupOf(block), volume.Geometry.IndexInGroup(block)))
        {
            return volume.Corrupt(number, block, "has its attributes outside the volume or in its metadata");
        }

        BlockLease opened = volume.Cache.Read(block);
        if (opened.Error != Errno.None)
        {
            return opened.Error;
        }

        if ((opened.Proofs & Checked) == 0)
        {
            XattrFault fault = XattrRegion.CheckBlock(opened.Bytes);
            if (fault != XattrFault.None)
            {
                opened.Dispose();
                return volume.Corrupt(number, block, $"has a block of attributes that is not sound ({fault})");
            }

            opened.Proofs |= Checked;
            index.Add(XattrRegion.HeaderOf(opened.Bytes).Hash, block);
        }

        lease = opened;
        region = new XattrRegion(opened.Bytes, XattrLayout.Block);
        return Errno.None;
    }

    /// <summary>Gives an inode a block of this content, finished by <see cref="XattrBuilder.FinishBlock"/>, in place of the one it has. Errors: ENOSPC, EIO.</summary>
    /// <param name="number">The inode.</param>
    /// <param name="inode">Its record.</param>
    /// <param name="old">The block it has, held by the caller, or a default lease.</param>
    /// <param name="content">The whole block.</param>
    public Errno Replace(InodeNumber number, in InodeLease inode, in BlockLease old, Span<byte> content)
    {
        bool hasOld = inode.Raw.FileAcl != 0;
        Errno error = volume.EnsureExtendedAttributes();
        if (error != Errno.None)
        {
            return error;
        }

        if (TryShare(inode, content, out BlockNumber shared))
        {
            return shared.Value == inode.Raw.FileAcl ? Errno.None : Refer(number, inode, shared);
        }

        // A block that the disk refers to is not changed: the new one comes into force with the inode's record, whole and at one moment.
        BeginEpoch();
        bool isAlone = hasOld && XattrRegion.HeaderOf(old.Bytes).References == 1;
        if (isAlone && made.Contains(old.Block.Value))
        {
            Overwrite(old, content);
            return Errno.None;
        }

        error = volume.AllocateContent(number, BlockNumber.None, 1, out BlockRun run);
        if (error == Errno.ENOSPC && isAlone && !left.Contains(old.Block.Value))
        {
            // A full volume: better a change that a crash could tear than none, for chmod must work.
            Overwrite(old, content);
            return Errno.None;
        }

        if (error != Errno.None)
        {
            return error;
        }

        using (BlockLease block = volume.Cache.Create(run.Start))
        {
            content.CopyTo(block.Bytes);
            block.Proofs = Checked;
            block.MarkDirty(WriteStage.Referenced);
        }

        _ = made.Add(run.Start.Value);
        index.Add(XattrRegion.HeaderOf(content).Hash, run.Start);
        return Refer(number, inode, run.Start);
    }

    /// <summary>Takes the block from an inode. It is freed with the last inode that refers to it. Errors: EIO, EUCLEAN.</summary>
    public Errno Drop(InodeNumber number, in InodeLease inode)
    {
        Errno error = Release(number, inode);
        if (error == Errno.None)
        {
            inode.Raw.FileAcl = 0;
            inode.Raw.Blocks512 = inode.Raw.Blocks512 - Math.Min(inode.Raw.Blocks512, Units);
            inode.MarkDirty();
        }

        return error;
    }

    /// <summary>The inode goes, and its record is left to say what it says: gives up its part of the block. Errors: EIO, EUCLEAN.</summary>
    public Errno Release(InodeNumber number, in InodeLease inode)
    {
        Errno error = Open(number, inode, out BlockLease lease, out _);
        if (error != Errno.None || inode.Raw.FileAcl == 0)
        {
            return error;
        }

        BlockNumber block = lease.Block;
        using (lease)
        {
            ref XattrBlockHeader header = ref XattrRegion.HeaderOf(lease.Bytes);
            if (header.References > 1)
            {
                header.References = header.References - 1;
                lease.MarkDirty(WriteStage.Referenced);
                BeginEpoch();
                _ = left.Add(block.Value);
                return Errno.None;
            }

            index.Remove(header.Hash, block);
        }

        // It stays in the cache: were it dropped while it is dirty, the record, which is still written, would lead to a block of anything.
        return volume.Blocks.Free(number, block, 1);
    }

    private void BeginEpoch()
    {
        if (epoch != volume.Epoch)
        {
            epoch = volume.Epoch;
            made.Clear();
            left.Clear();
        }
    }

    private void Overwrite(in BlockLease block, Span<byte> content)
    {
        index.Remove(XattrRegion.HeaderOf(block.Bytes).Hash, block.Block);
        content.CopyTo(block.Bytes);
        block.MarkDirty(WriteStage.Referenced);
        index.Add(XattrRegion.HeaderOf(content).Hash, block.Block);
    }

    private uint Units => (uint)volume.Geometry.BlockBytes / 512;

    // A block that holds just this already; it counts one more reference when this answers true, unless it is the inode's own.
    private bool TryShare(in InodeLease inode, Span<byte> content, out BlockNumber shared)
    {
        uint hash = XattrRegion.HeaderOf(content).Hash;
        shared = default;
        if (hash == 0 || !index.TryFind(hash, out BlockNumber block))
        {
            return false;
        }

        using BlockLease lease = volume.Cache.Read(block);
        if (lease.Error != Errno.None || ((lease.Proofs & Checked) == 0 && XattrRegion.CheckBlock(lease.Bytes) != XattrFault.None))
        {
            return false;
        }

        ref XattrBlockHeader header = ref XattrRegion.HeaderOf(lease.Bytes);
        bool isSame = content[XattrBlockHeader.Bytes..].SequenceEqual(lease.Bytes[XattrBlockHeader.Bytes..]);
        bool isOwn = block.Value == inode.Raw.FileAcl;
        if (!isSame || (!isOwn && header.References >= XattrBlockHeader.MaximumReferences))
        {
            return false;
        }

        if (!isOwn)
        {
            header.References = header.References + 1;
            lease.MarkDirty(WriteStage.Referenced);
        }

        shared = block;
        return true;
    }

    private Errno Refer(InodeNumber number, in InodeLease inode, BlockNumber block)
    {
        Errno error = Errno.None;
        if (inode.Raw.FileAcl != 0)
        {
            error = Release(number, inode);
        }
        else
        {
            inode.Raw.Blocks512 = inode.Raw.Blocks512 + Units;
        }

        inode.Raw.FileAcl = block.Value;
        inode.MarkDirty();
        return error;
    }
}
