using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// A superblock that has no backup, repaired by what the rest of the volume tells: its two counts of inodes, and the blocks that it reserves for descriptors.
/// </summary>
internal sealed class LoneSuperblock(VolumeStore store, CheckOptions options, Reporter reporter)
{
    /// <summary>
    /// The inodes of the volume and of a group tell each other. Which of the two is right the bitmap of the first group tells, in which the bits behind the last inode are
    /// set; where it does not, that of a group is taken, as e2fsck does. False: neither helps, or the answer was no.
    /// </summary>
    public bool MendCounts(byte[] bytes, ref Geometry geometry)
    {
        byte[] byGroup = (byte[])bytes.Clone(), byVolume = (byte[])bytes.Clone();
        ref Superblock superblock = ref Overlay.Superblock(byGroup);
        if (superblock.Magic != Superblock.MagicNumber || superblock.BlocksPerGroup == 0 || superblock.BlocksCount <= superblock.FirstDataBlock)
        {
            return false;
        }
        // In 64 bits: a group of nearly 2^32 blocks, as damage may have it, would wrap the sum around to no group at all.
        ulong blocks = superblock.BlocksCount - superblock.FirstDataBlock;
        uint groups = (uint)((blocks + superblock.BlocksPerGroup - 1) / superblock.BlocksPerGroup);
        uint perGroup = superblock.InodesPerGroup;
        superblock.InodesCount = perGroup * groups;
        ref Superblock other = ref Overlay.Superblock(byVolume);
        other.InodesPerGroup = other.InodesCount / groups;
        bool isGroupRight = IsMended(superblock, out Geometry measured);
        bool isVolumeRight = IsMended(other, out Geometry measuredByVolume);
        if (isVolumeRight && (!isGroupRight || IsMadeFor(measured, measuredByVolume)))
        {
            (byGroup, measured) = (byVolume, measuredByVolume);
        }
        var place = new Place { Found = perGroup, Expected = measured?.InodesPerGroup ?? 0 };
        if (!(isGroupRight || isVolumeRight) || !reporter.Raise(SuperblockProblems.InodeCounts, place))
        {
            return false;
        }
        byGroup.CopyTo(bytes, 0);
        geometry = measured!;
        return true;
    }

    /// <summary>
    /// A number of reserved blocks that is too high reaches over the bitmaps and the table behind them: taken at its word it would move them, and cost every file. The
    /// descriptor of the first group tells how many there is room for.
    /// </summary>
    public bool MendReserved(byte[] bytes, ref Geometry geometry)
    {
        byte[] mended = (byte[])bytes.Clone();
        ref Superblock superblock = ref Overlay.Superblock(mended);
        bool canResize = ((CompatFeatures)(uint)superblock.Compat & CompatFeatures.ResizeInode) != 0;
        uint stored = superblock.ReservedGdtBlocks;
        superblock.ReservedGdtBlocks = 0;
        if (!canResize || stored == 0 || !Geometry.TryCreate(superblock, out Geometry without, out _) || without.HasMetaGroups || without.VolumeBytes > store.DeviceBytes)
        {
            return false;
        }
        store.BlockBytes = without.BlockBytes;
        GroupDescriptor descriptor = FirstDescriptor(without);
        uint first = Math.Min(Math.Min(descriptor.BlockBitmap, descriptor.InodeBitmap), descriptor.InodeTable);
        uint behind = without.FirstBlockOf(0).Value + without.HeaderBlocks(0);
        if (first < behind || first - behind >= stored)
        {
            return false;
        }
        superblock.ReservedGdtBlocks = (ushort)(first - behind);
        if (!Geometry.TryCreate(superblock, out Geometry measured, out _) || !SuperblockSearch.HasRoom(measured)
            || !new DescriptorCheck(new CheckedVolume(store, measured, mended, options.Clock), reporter).AreDescriptorsSound())
        {
            return false;
        }
        // Without an answer the check goes on as with a yes, or it would read nonsense: with -n nothing of it is written.
        if (!reporter.Raise(SuperblockProblems.ReservedCount, new Place { Found = stored, Expected = first - behind }) && reporter.Mode != CheckMode.No)
        {
            return false;
        }
        mended.CopyTo(bytes, 0);
        geometry = measured;
        return true;
    }

    private bool IsMended(in Superblock superblock, out Geometry geometry) =>
        Geometry.TryCreate(superblock, out geometry, out _) && SuperblockSearch.HasRoom(geometry) && geometry.VolumeBytes <= store.DeviceBytes
        && geometry.InodesPerGroup % geometry.InodesPerBlock == 0;

    private GroupDescriptor FirstDescriptor(Geometry geometry)
    {
        byte[] block = new byte[geometry.BlockBytes];
        store.Read(geometry.DescriptorBlock(0).Value, block);
        return Overlay.Descriptor(block, 0);
    }

    // Whether the bitmap of the first group was made for the second of two measures, not for the first.
    private bool IsMadeFor(Geometry one, Geometry other)
    {
        store.BlockBytes = one.BlockBytes;
        uint bitmap = FirstDescriptor(one).InodeBitmap;
        if (bitmap <= one.FirstDataBlock.Value || bitmap >= one.BlockCount)
        {
            return false;
        }
        byte[] block = new byte[one.BlockBytes];
        store.Read(bitmap, block);
        int low = (int)Math.Min(one.InodesPerGroup, other.InodesPerGroup), high = (int)Math.Max(one.InodesPerGroup, other.InodesPerGroup);
        var bits = new Bitmap(block, block.Length * 8);
        bool tells = bits.FirstClear(high, block.Length * 8) < 0;
        bool isLow = bits.FirstClear(low, high) < 0;
        return tells && isLow == (other.InodesPerGroup == low);
    }
}
