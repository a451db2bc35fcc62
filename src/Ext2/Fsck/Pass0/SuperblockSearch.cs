using System.Numerics;
using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Finds the superblock to go by: the one the user named, the primary one, or the first sound backup.
/// </summary>
internal sealed class SuperblockSearch(VolumeStore store, CheckOptions options, Reporter reporter)
{
    private const int LargestBlockBytes = 65536;
    private const int LargestLogBlockSize = 6;
    // Groups are made of whole bytes of their bitmap.
    private const int GroupStep = 8;

    /// <summary>The superblock's 1024 bytes and its measures. Leaves with <see cref="CheckStopped"/> when there is none.</summary>
    public byte[] Find(out Geometry geometry, out bool fromBackup)
    {
        byte[] bytes = new byte[Superblock.Bytes];
        if (options.SuperblockBlock is { } block)
        {
            fromBackup = true;
            return FindAt(block, bytes, out geometry);
        }
        fromBackup = false;
        bool isSound = IsSound(Superblock.Bytes, bytes, out geometry, out string fault);
        bool isTooLarge = isSound && geometry.VolumeBytes > store.DeviceBytes;
        bool isLying = isSound && !isTooLarge && IsContradicted(bytes, geometry);
        if (!isSound || isTooLarge || isLying)
        {
            byte[] copy = new byte[Superblock.Bytes];
            long backup = FindBackup(bytes, copy, out Geometry measured);
            if (isLying && (backup < 0 || HasSameMeasures(bytes, copy) || IsContradicted(copy, measured)))
            {
                // The descriptors are what is damaged, or the number of blocks that are reserved for more of them.
                IsRepaired |= backup < 0 && new LoneSuperblock(store, options, reporter).MendReserved(bytes, ref geometry);
                return bytes;
            }
            if (backup < 0)
            {
                var lone = new LoneSuperblock(store, options, reporter);
                if (isTooLarge || (IsRepaired = lone.MendCounts(bytes, ref geometry) || lone.MendReserved(bytes, ref geometry)))
                {
                    return bytes;
                }
                StopWithout(fault);
            }
            byte[] bytesOfPrimary = bytes;
            (bytes, geometry, fromBackup) = (copy, measured, true);
            fault = isTooLarge ? "it has more blocks than the device" : isLying ? "its measures do not fit the group descriptors" : fault;
            // e2fsck looks for no backup with -p: it says 8, or 4 where the superblock is one that only contradicts itself.
            StopReason reason = isTooLarge || isLying || IsCountWrong(bytesOfPrimary) ? StopReason.NeedsPerson : StopReason.NotCheckable;
            if (!reporter.Raise(SuperblockProblems.Damaged, new Place { Name = fault.TrimEnd('.'), Block = backup }, reason))
            {
                // Nothing else can be done: a check that is not to repair goes on with what it found, and writes nothing.
                reporter.Say("Going on with the backup.");
            }
        }
        return bytes;
    }

    // No copy of the descriptors fits the measures, or what it leads to is no table of inodes. A volume with meta_bg and resize_inode has its own question.
    private bool IsContradicted(byte[] bytes, Geometry geometry)
    {
        ref readonly Superblock superblock = ref Overlay.ReadSuperblock(bytes);
        bool canResize = ((CompatFeatures)(uint)superblock.Compat & CompatFeatures.ResizeInode) != 0;
        bool isOld = superblock.Revision == 0 && (superblock.Compat | superblock.Incompat | superblock.RoCompat) != 0;
        if (isOld || (geometry.HasMetaGroups && canResize))
        {
            return false;
        }
        store.BlockBytes = geometry.BlockBytes;
        return !new DescriptorCheck(new CheckedVolume(store, geometry, bytes, options.Clock), reporter).HasSoundCopy();
    }

    private static bool HasSameMeasures(byte[] bytes, byte[] other)
    {
        ref readonly Superblock one = ref Overlay.ReadSuperblock(bytes);
        ref readonly Superblock two = ref Overlay.ReadSuperblock(other);
        return one.BlocksCount == two.BlocksCount && one.InodesCount == two.InodesCount && one.BlocksPerGroup == two.BlocksPerGroup
            && one.InodesPerGroup == two.InodesPerGroup && one.InodeSize == two.InodeSize && one.ReservedGdtBlocks == two.ReservedGdtBlocks
            && one.FirstMetaBlockGroup == two.FirstMetaBlockGroup
            && (((IncompatFeatures)(uint)one.Incompat ^ (IncompatFeatures)(uint)two.Incompat) & IncompatFeatures.MetaBlockGroups) == 0
            && (((RoCompatFeatures)(uint)one.RoCompat ^ (RoCompatFeatures)(uint)two.RoCompat) & RoCompatFeatures.SparseSuper) == 0;
    }

    private static bool IsCountWrong(byte[] bytes)
    {
        byte[] other = (byte[])bytes.Clone();
        ref Superblock superblock = ref Overlay.Superblock(other);
        if (superblock.BlocksPerGroup == 0)
        {
            return false;
        }
        ulong groups = ((ulong)superblock.BlocksCount - superblock.FirstDataBlock + superblock.BlocksPerGroup - 1) / superblock.BlocksPerGroup;
        superblock.InodesCount = (uint)(groups * superblock.InodesPerGroup);
        return Geometry.TryCreate(superblock, out _, out _);
    }

    /// <summary>A volume with features is of revision 1.</summary>
    public void CheckRevision(byte[] bytes, ref Geometry geometry)
    {
        ref Superblock superblock = ref Overlay.Superblock(bytes);
        if (superblock.Revision != 0 || (superblock.Compat | superblock.Incompat | superblock.RoCompat) == 0
            || !(reporter.Raise(SuperblockProblems.RevisionZero) || reporter.Mode == CheckMode.No))
        {
            return;
        }
        superblock.Revision = 1;
        IsRepaired = true;
        if (!Geometry.TryCreate(superblock, out geometry, out _))
        {
            // Fields that revision 0 had not are garbage: the values that it implied.
            superblock.InodeSize = RawInode.Bytes;
            superblock.FirstInode = InodeNumber.FirstOfRevisionZero.Value;
            superblock.ReservedGdtBlocks = 0;
            Measure(superblock, ref geometry);
        }
    }

    /// <summary>
    /// A volume has resize_inode or meta_bg. Which of the two was flipped is told by a backup. With one group there is none, and both mean the same places.
    /// </summary>
    public void CheckMetaGroups(byte[] bytes, ref Geometry geometry)
    {
        ref Superblock superblock = ref Overlay.Superblock(bytes);
        bool canResize = ((CompatFeatures)(uint)superblock.Compat & CompatFeatures.ResizeInode) != 0;
        if (!geometry.HasMetaGroups || !canResize)
        {
            return;
        }
        byte[] backup = new byte[Superblock.Bytes];
        bool hasBackup = geometry.GroupCount > 1 && IsSound(geometry.ByteOf(geometry.FirstBlockOf(1)), backup, out Geometry second, out _)
            && second.HasMetaGroups;
        if (!reporter.Raise(SuperblockProblems.MetaGroups, new Place { Name = hasBackup ? "resize_inode" : "meta_bg" }))
        {
            return;
        }
        if (hasBackup)
        {
            superblock.Compat = (uint)((CompatFeatures)(uint)superblock.Compat & ~CompatFeatures.ResizeInode);
        }
        else
        {
            superblock.Incompat = (uint)((IncompatFeatures)(uint)superblock.Incompat & ~IncompatFeatures.MetaBlockGroups);
        }
        IsRepaired = true;
        Measure(superblock, ref geometry);
    }

    /// <summary>
    /// A volume that cannot be resized reserves nothing for more descriptors. Asked before a table is looked for behind what is reserved: there it would be missing.
    /// </summary>
    public void CheckReserved(byte[] bytes, ref Geometry geometry)
    {
        ref Superblock superblock = ref Overlay.Superblock(bytes);
        bool canResize = ((CompatFeatures)(uint)superblock.Compat & CompatFeatures.ResizeInode) != 0;
        if (canResize || superblock.Revision == 0 || superblock.ReservedGdtBlocks == 0
            || !(reporter.Raise(SuperblockProblems.ReservedDescriptors, new Place { Found = superblock.ReservedGdtBlocks }) || reporter.Mode == CheckMode.No))
        {
            return;
        }
        superblock.ReservedGdtBlocks = 0;
        IsRepaired = true;
        Measure(superblock, ref geometry);
    }

    private void Measure(in Superblock superblock, ref Geometry geometry)
    {
        if (!Geometry.TryCreate(superblock, out geometry, out string fault) || !HasRoom(geometry))
        {
            StopWithout(fault);
        }
    }

    /// <summary>The superblock was changed and is to be written.</summary>
    public bool IsRepaired { get; private set; }

    private byte[] FindAt(uint block, byte[] bytes, out Geometry geometry)
    {
        string fault = "it cannot be read";
        for (int size = options.BlockBytes ?? Geometry.MinimumBlockBytes; size <= (options.BlockBytes ?? LargestBlockBytes); size *= 2)
        {
            if (IsSound((long)block * size, bytes, out geometry, out fault) && geometry.BlockBytes == size)
            {
                return bytes;
            }
        }
        StopWithout(fault);
        geometry = null!;
        return bytes;
    }

    private void StopWithout(string fault)
    {
        _ = reporter.Raise(SuperblockProblems.NoneSound, new Place { Name = fault.TrimEnd('.') });
        throw new CheckStopped(StopReason.NotCheckable);
    }

    // Backups lie at the start of groups; groups have 8 blocks a byte of block unless mke2fs -g said otherwise: that number may still be there.
    private long FindBackup(byte[] primary, byte[] bytes, out Geometry geometry)
    {
        uint stored = Overlay.ReadSuperblock(primary).BlocksPerGroup;
        for (int size = Geometry.MinimumBlockBytes; size <= LargestBlockBytes; size *= 2)
        {
            long block = FindBackup(size, size * 8L, bytes, out geometry);
            if (block < 0 && stored >= Geometry.MinimumBlocksPerGroup && stored < size * 8L)
            {
                block = FindBackup(size, stored, bytes, out geometry);
            }
            if (block >= 0)
            {
                return block;
            }
        }
        return FindBackupOfOddGroups(primary, bytes, out geometry);
    }

    // Groups of an unusual size, and it is that field which is damaged: the backup of group 1 tells where it lies. Its UUID must be the volume's, for a file may hold an image.
    private long FindBackupOfOddGroups(byte[] primary, byte[] bytes, out Geometry geometry)
    {
        geometry = null!;
        ref readonly Superblock damaged = ref Overlay.ReadSuperblock(primary);
        if (damaged.Magic != Superblock.MagicNumber || damaged.LogBlockSize > LargestLogBlockSize)
        {
            return -1;
        }
        int size = Geometry.MinimumBlockBytes << (int)(uint)damaged.LogBlockSize;
        for (long perGroup = Geometry.MinimumBlocksPerGroup; perGroup < size * 8L; perGroup += GroupStep)
        {
            long block = perGroup + (size == Geometry.MinimumBlockBytes ? 1 : 0);
            if ((block * size) + bytes.Length > store.DeviceBytes)
            {
                break;
            }
            if (store.TryReadBytes(block * size, bytes) && Overlay.ReadSuperblock(bytes) is var backup && backup.Magic == Superblock.MagicNumber
                && backup.BlocksPerGroup == perGroup && backup.BlockGroup == 1 && backup.BlocksCount == damaged.BlocksCount
                && ((ReadOnlySpan<byte>)backup.Uuid).SequenceEqual(damaged.Uuid) && IsSound(block * size, bytes, out geometry, out _)
                && geometry.BlockBytes == size && geometry.VolumeBytes <= store.DeviceBytes)
            {
                return block;
            }
        }
        geometry = null!;
        return -1;
    }

    private long FindBackup(int size, long perGroup, byte[] bytes, out Geometry geometry)
    {
        foreach (uint group in (ReadOnlySpan<uint>)[1, 3, 5, 7, 9, 25, 27, 49])
        {
            long block = (group * perGroup) + (size == Geometry.MinimumBlockBytes ? 1 : 0);
            if (IsSound(block * size, bytes, out geometry, out _)
                && geometry.BlockBytes == size && geometry.VolumeBytes <= store.DeviceBytes && Overlay.ReadSuperblock(bytes).BlockGroup == (ushort)group)
            {
                return block;
            }
        }
        geometry = null!;
        return -1;
    }

    private bool IsSound(long offset, byte[] bytes, out Geometry geometry, out string fault)
    {
        geometry = null!;
        fault = store.DeviceBytes < offset + bytes.Length ? $"it is too short: {store.DeviceBytes} bytes" : "it cannot be read";
        if (!store.TryReadBytes(offset, bytes) || !Geometry.TryCreate(Overlay.ReadSuperblock(bytes), out geometry, out fault))
        {
            return false;
        }
        if (!IsSumRight(bytes))
        {
            fault = "its checksum is wrong";
            return false;
        }
        if (HasRoom(geometry))
        {
            return true;
        }
        fault = "its groups are too small for their inode tables";
        return false;
    }

    // Superblocks of ext2 have no sum. One that says that it has, and a wrong one, is damaged.
    private static bool IsSumRight(byte[] bytes)
    {
        ref readonly Superblock superblock = ref Overlay.ReadSuperblock(bytes);
        if (superblock.Revision == 0 || ((RoCompatFeatures)(uint)superblock.RoCompat & RoCompatFeatures.MetadataChecksum) == 0)
        {
            return true;
        }
        uint sum = uint.MaxValue;
        foreach (byte value in bytes.AsSpan(0, Superblock.Bytes - 4))
        {
            sum = BitOperations.Crc32C(sum, value);
        }
        return superblock.ChecksumType == 1 && superblock.Checksum == sum;
    }

    /// <summary>Whether the first and the last group have room for what each must have.</summary>
    public static bool HasRoom(Geometry geometry)
    {
        // Each group needs room for its header, two bitmaps and its table; the last one may be shorter and still must have it.
        uint last = geometry.GroupCount - 1;
        return geometry.HeaderBlocks(0) + 2 + geometry.InodeTableBlocks <= geometry.BlocksIn(0)
            && geometry.HeaderBlocks(last) + 2 + geometry.InodeTableBlocks <= geometry.BlocksIn(last);
    }
}
