using System.Runtime.InteropServices;
using Ext2Union.BlockDevices;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>
/// Writes a new volume. The superblocks of what was there go first, and the new one comes last, each behind a flush, so that a half-made volume is
/// never taken for a whole one; no backup is written before everything else is durable either, for a check would find and use it.
/// </summary>
public sealed class Formatter
{
    private const long WipedHead = 128 << 10;
    private const long WipedTail = 64 << 10;

    private readonly BlockDevice device;
    private readonly FormatPlan plan;
    private readonly Geometry geometry;
    private readonly Action<FormatProgress>? progress;
    private readonly InitialTree tree;
    private readonly HeldSuperblocks held;
    private readonly byte[] descriptors;
    private Superblock superblock;
    private bool readsZeros;
    private FormatFault? fault;

    private Formatter(BlockDevice device, FormatPlan plan, InitialTree tree, Action<FormatProgress>? progress)
    {
        this.device = device;
        this.plan = plan;
        this.tree = tree;
        this.progress = progress;
        geometry = plan.Geometry;
        superblock = plan.Superblock;
        descriptors = new byte[(long)geometry.DescriptorBlocks << geometry.BlockBits];
        held = new HeldSuperblocks(device, [Superblock.Bytes, .. plan.BackupBlocks.Select(block => geometry.ByteOf(new BlockNumber(block)))]);
    }

    /// <summary>Plans a volume that fills the device and writes it. Null when it was made.</summary>
    public static FormatFault? Format(BlockDevice device, FormatOptions options) =>
        FormatPlan.TryCreate(options, device.Length, out FormatPlan? plan, out FormatFault? fault) ? Format(device, plan) : fault;

    /// <summary>Writes a planned volume. Null when it was made; else the first error, after which nothing more was written.</summary>
    public static FormatFault? Format(BlockDevice device, FormatPlan plan, Action<FormatProgress>? progress = null) => Format(device, plan, null, progress);

    /// <summary>
    /// Writes a planned volume and lets <paramref name="fill"/> put a tree into it before its superblocks are written: on the device it is handed the
    /// volume can be mounted. Null when all is done.
    /// </summary>
    public static FormatFault? Format(BlockDevice device, FormatPlan plan, Func<BlockDevice, FormatFault?>? fill, Action<FormatProgress>? progress)
    {
        if (plan.Geometry.VolumeBytes > device.Length)
        {
            return FormatFault.Invalid($"{device.Name} has {device.Length} bytes, but the volume needs {plan.Geometry.VolumeBytes}.");
        }

        var tree = InitialTree.Place(plan, group => GroupLayout.Of(plan.Geometry, group, plan.Options.RaidStride));
        return tree is null
            ? FormatFault.Invalid("The volume is too small to hold its root directory and lost+found.")
            : new Formatter(device, plan, tree, progress).Run(fill);
    }

    private FormatFault? Run(Func<BlockDevice, FormatFault?>? fill)
    {
        if (Wipe() && FillDescriptors() && WriteGroups() && WriteTree() && Flush("the tables"))
        {
            FillSuperblocks();
            fault = fill?.Invoke(held);
            _ = fault is null && WriteSuperblocks();
        }

        return fault;
    }

    private bool Wipe()
    {
        long length = geometry.VolumeBytes;
        if (!WipeFormerBackups())
        {
            return false;
        }

        // Other systems' signatures lie in the first 128 KiB and, of RAID members, in the last 64; what is left of them would make blkid doubt.
        if (!Zero(0, Math.Min(WipedHead, length), "the old signature")
            || !Zero(Math.Max(0, length - WipedTail), Math.Min(WipedTail, length), "the end of the device")
            || !Flush("the old signature"))
        {
            return false;
        }

        readsZeros = plan.Options.Discard && device.Discard(0, length) == Errno.None && device.DiscardedReadsZeros;
        return true;
    }

    private bool FillDescriptors()
    {
        ulong freeBlocks = 0;
        int next = 0;
        for (uint group = 0; group < geometry.GroupCount; group++)
        {
            GroupLayout layout = LayoutOf(group);
            int taken = TreeBlocksIn(group, ref next);
            uint free = (uint)geometry.BlocksIn(group) - layout.HeaderBlocks - 2 - geometry.InodeTableBlocks - (uint)taken;
            ref GroupDescriptor descriptor = ref Overlay.Descriptor(descriptors, (int)group);
            descriptor.BlockBitmap = layout.BlockBitmap.Value;
            descriptor.InodeBitmap = layout.InodeBitmap.Value;
            descriptor.InodeTable = layout.InodeTable.Value;
            descriptor.FreeBlocksCount = (ushort)free;
            descriptor.FreeInodesCount = (ushort)(geometry.InodesPerGroup - (uint)tree.UsedInodesIn(group));
            descriptor.UsedDirectoriesCount = (ushort)tree.DirectoriesIn(group);
            freeBlocks += free;
        }

        superblock.FreeBlocksCount = (uint)freeBlocks;
        superblock.FreeInodesCount = geometry.InodeCount - InitialTree.LostFound.Value;
        superblock.OverheadBlocks = (uint)(geometry.BlockCount - freeBlocks - (ulong)tree.Blocks.Length);
        return true;
    }

    private bool WriteGroups()
    {
        byte[] bitmaps = new byte[2 * geometry.BlockBytes];
        int next = 0;
        for (uint group = 0; group < geometry.GroupCount; group++)
        {
            GroupLayout layout = LayoutOf(group);
            FillBitmaps(layout, bitmaps, ref next);
            if (!WriteHeader(layout) || !WriteBitmaps(layout, bitmaps)
                || !(readsZeros || Zero(geometry.ByteOf(layout.InodeTable), (long)geometry.InodeTableBlocks << geometry.BlockBits, $"the inode table of group {group}")))
            {
                return false;
            }

            progress?.Invoke(new FormatProgress("Writing inode tables", group + 1, geometry.GroupCount));
        }

        return true;
    }

    private void FillBitmaps(GroupLayout layout, Span<byte> bitmaps, ref int next)
    {
        bitmaps.Clear();
        var blocks = new Bitmap(bitmaps[..geometry.BlockBytes], geometry.BlocksIn(layout.Group));
        layout.MarkUsed(geometry, blocks);
        int first = next;
        int taken = TreeBlocksIn(layout.Group, ref next);
        foreach (BlockNumber block in tree.Blocks.Slice(first, taken))
        {
            blocks[geometry.IndexInGroup(block)] = true;
        }

        blocks.SetPadding();
        var inodes = new Bitmap(bitmaps[geometry.BlockBytes..], (int)geometry.InodesPerGroup);
        inodes.SetRange(0, tree.UsedInodesIn(layout.Group));
        inodes.SetPadding();
    }

    private bool WriteBitmaps(GroupLayout layout, ReadOnlySpan<byte> bitmaps) =>
        layout.InodeBitmap == layout.BlockBitmap + 1
            ? Write(geometry.ByteOf(layout.BlockBitmap), bitmaps, $"the bitmaps of group {layout.Group}")
            : Write(geometry.ByteOf(layout.BlockBitmap), bitmaps[..geometry.BlockBytes], $"the block bitmap of group {layout.Group}")
                && Write(geometry.ByteOf(layout.InodeBitmap), bitmaps[geometry.BlockBytes..], $"the inode bitmap of group {layout.Group}");

    private bool WriteHeader(GroupLayout layout)
    {
        if (layout.HeaderBlocks == 0)
        {
            return true;
        }

        string what = $"the descriptors of group {layout.Group}";
        if (geometry.HasMetaGroups)
        {
            return WriteMetaGroupDescriptors(layout.Group, what);
        }

        long start = geometry.ByteOf(geometry.FirstBlockOf(layout.Group) + 1);
        if (!Write(start, descriptors, what))
        {
            return false;
        }

        // The reserved blocks of backups are never read, but they must not hold what others left there.
        long reserved = (long)geometry.ReservedGdtBlocks << geometry.BlockBits;
        return reserved == 0 || (layout.Group == 0
            ? Write(start + descriptors.Length, ReservedDescriptors(reserved), what)
            : readsZeros || Zero(start + descriptors.Length, reserved, what));
    }

    private byte[] ReservedDescriptors(long bytes)
    {
        byte[] reserved = new byte[bytes];
        for (uint index = 0; index < geometry.ReservedGdtBlocks; index++)
        {
            tree.Resize.FillReserved(index, reserved.AsSpan((int)index << geometry.BlockBits, geometry.BlockBytes));
        }

        return reserved;
    }

    private bool WriteMetaGroupDescriptors(uint group, string what)
    {
        uint index = group / geometry.DescriptorsPerBlock;
        BlockNumber place = group % geometry.DescriptorsPerBlock == 0 ? geometry.DescriptorBlock(index) : geometry.DescriptorBackup(group, index);
        return place.IsNone || Write(geometry.ByteOf(place), descriptors.AsSpan((int)index << geometry.BlockBits, geometry.BlockBytes), what);
    }

    private bool WriteTree()
    {
        byte[] block = new byte[geometry.BlockBytes];
        for (uint number = 1; number <= InitialTree.LostFound.Value; number++)
        {
            InodeLocation place = geometry.Locate(new InodeNumber(number));
            tree.FillInode(new InodeNumber(number), block.AsSpan(place.Offset, geometry.InodeBytes));
            bool isLastOfBlock = number == InitialTree.LostFound.Value || geometry.Locate(new InodeNumber(number + 1)).Offset == 0;
            BlockNumber table = new(Overlay.Descriptor(descriptors, (int)place.Group).InodeTable + place.TableBlock);
            if (isLastOfBlock)
            {
                if (!Write(geometry.ByteOf(table), block, "the first inodes"))
                {
                    return false;
                }

                Array.Clear(block);
            }
        }

        for (int index = 0; index < tree.Blocks.Length; index++)
        {
            tree.FillBlock(index, block);
            if (!Write(geometry.ByteOf(tree.BlockAt(index)), block, "the root directory and lost+found"))
            {
                return false;
            }
        }

        return true;
    }

    private bool WipeFormerBackups()
    {
        IReadOnlyList<long> former = FormerSuperblocks.Find(device);
        return former.All(offset => Zero(offset, Superblock.Bytes, "over a superblock of what was there")) && (former.Count == 0 || Flush("over what was there"));
    }

    private void FillSuperblocks()
    {
        Overlay.BytesOf(ref superblock).CopyTo(held[0]);
        Superblock backup = superblock;
        backup.State = (ushort)SuperblockState.None;
        for (int index = 1; index < held.Count; index++)
        {
            backup.BlockGroup = (ushort)geometry.GroupOf(new BlockNumber((uint)(held.OffsetOf(index) >> geometry.BlockBits)));
            Overlay.BytesOf(ref backup).CopyTo(held[index]);
        }
    }

    private bool WriteSuperblocks()
    {
        for (int index = 1; index < held.Count; index++)
        {
            if (!Write(held.OffsetOf(index), held[index], "a backup of the superblock"))
            {
                return false;
            }
        }

        return Flush("the backups of the superblock") && Write(Superblock.Bytes, held[0], "the superblock") && Flush("the superblock");
    }

    private GroupLayout LayoutOf(uint group) => GroupLayout.Of(geometry, group, plan.Options.RaidStride);

    // The blocks of the tree are in rising order: those of this group follow those of the groups before.
    private int TreeBlocksIn(uint group, ref int next)
    {
        int first = next;
        while (next < tree.Blocks.Length && geometry.GroupOf(tree.Blocks[next]) == group)
        {
            next++;
        }

        return next - first;
    }

    private bool Write(long offset, ReadOnlySpan<byte> data, string what) => Check(device.Write(offset, data), offset, what);

    private bool Zero(long offset, long length, string what) => Check(device.WriteZeros(offset, length), offset, what);

    private bool Flush(string what) => Check(device.Flush(), -1, what);

    private bool Check(Errno error, long offset, string what)
    {
        if (error != Errno.None)
        {
            string place = offset < 0 ? string.Empty : $" (block {offset >> geometry.BlockBits})";
            fault = new FormatFault(error, $"{device.Name}: writing {what}{place} failed: {Marshal.GetPInvokeErrorMessage((int)error)}");
        }

        return error == Errno.None;
    }
}
