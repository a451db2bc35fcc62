using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <summary>
/// Gives out blocks near a goal, in runs. What is freed is free for statfs at once, but is given out again only in the next epoch, when
/// nothing on the disk refers to it any more. Guarded by the volume's lock.
/// </summary>
internal sealed class BlockAllocator(Ext2Volume volume)
{
    private const long MostHeldBytes = 16L << 20;

    // Bits of blocks freed in this epoch, by group.
    private readonly Dictionary<uint, byte[]> held = [];
    private readonly Stack<byte[]> spare = [];
    private readonly WriteWindows windows = new();
    private readonly byte[] scratch = new byte[volume.Geometry.BlockBytes];

    /// <summary>Blocks that are free but must wait for the next epoch.</summary>
    public long HeldCount { get; private set; }

    /// <summary>A commit would make room: in memory, or for an operation of a few blocks.</summary>
    public bool IsPressed =>
        (long)held.Count * scratch.Length > MostHeldBytes || (HeldCount > 0 && volume.Groups.FreeBlocks - HeldCount - Reserved < 64);

    private long Reserved => Caller.IsPrivileged ? 0 : volume.SuperblockLocked.ReservedBlocksCount;

    /// <summary>Blocks the current caller could have now.</summary>
    public long Available => volume.Groups.FreeBlocks - HeldCount - Reserved;

    /// <summary>
    /// Takes a run of 1 to <paramref name="wanted"/> blocks for an inode, at or behind the goal where that is possible. Errors: ENOSPC, EIO.
    /// </summary>
    public Errno Allocate(InodeNumber owner, BlockNumber goal, uint wanted, out BlockRun run)
    {
        run = default;
        long available = Available;
        if (available <= 0)
        {
            return Errno.ENOSPC;
        }

        wanted = (uint)Math.Min(wanted, available);
        Errno error = Search(owner, goal, wanted, false, out run);
        return error == Errno.ENOSPC && !windows.IsEmpty ? Search(owner, goal, wanted, true, out run) : error;
    }

    /// <summary>A file took a run just where it ended: it is being written in order, and the next blocks are kept for it.</summary>
    public void KeepBehind(InodeNumber owner, BlockRun run) => windows.Extend(owner, run.Start + run.Count);

    /// <summary>A file is not written in order any more: what was kept behind it is for all.</summary>
    public void EndWindow(InodeNumber owner)
    {
        if (!windows.IsEmpty)
        {
            windows.End(owner);
        }
    }

    /// <summary>
    /// Frees blocks that a file on the disk may still refer to. Errors: EIO; EUCLEAN when one of them is free already or holds metadata, and then it
    /// and those behind it stay as they are.
    /// </summary>
    public Errno Free(InodeNumber owner, BlockNumber start, uint count) => Free(owner, start, count, true);

    /// <summary>Gives back blocks that were never used: they may be given out again at once. Errors: EIO.</summary>
    public Errno GiveBack(BlockNumber start, uint count) => Free(InodeNumber.None, start, count, false);

    /// <summary>Everything freed so far is free on the disk.</summary>
    public void EndEpoch()
    {
        foreach (byte[] bits in held.Values)
        {
            if (spare.Count < 64)
            {
                Array.Clear(bits);
                spare.Push(bits);
            }
        }

        held.Clear();
        HeldCount = 0;
    }

    private Errno Search(InodeNumber owner, BlockNumber goal, uint wanted, bool ignoreWindows, out BlockRun run)
    {
        run = default;
        GroupTable groups = volume.Groups;
        bool hasGoal = volume.Geometry.IsDataBlock(goal);
        uint first = hasGoal ? volume.Geometry.GroupOf(goal) : 0;
        int from = hasGoal ? volume.Geometry.IndexInGroup(goal) : groups[0].NextBlock;
        Errno error = Errno.ENOSPC;
        for (uint step = 0; step < groups.Count; step++)
        {
            uint group = (uint)((first + (ulong)step) % (uint)groups.Count);
            if (groups[group].FreeBlocks == 0 || groups[group].IsBad)
            {
                continue;
            }

            Errno tried = AllocateIn(group, step == 0 ? from : groups[group].NextBlock, new Wish(owner, wanted, ignoreWindows), out run);
            if (tried == Errno.None)
            {
                return Errno.None;
            }

            error = tried is Errno.ENOSPC or Errno.EUCLEAN ? error : tried;
        }

        return error;
    }

    private Errno AllocateIn(uint group, int from, Wish wish, out BlockRun run)
    {
        run = default;
        using BlockLease lease = volume.Bitmaps.Blocks(group);
        if (lease.Error != Errno.None)
        {
            return lease.Error;
        }

        int count = volume.Geometry.BlocksIn(group);
        var bitmap = new Bitmap(lease.Bytes, count);
        int start = FindStart(Visible(group, bitmap, wish), Math.Min(from, count - 1), (int)Math.Min(wish.Blocks, (uint)count), out int found);
        if (start < 0)
        {
            return Errno.ENOSPC;
        }

        Errno error = volume.Groups.Add(group, -found, 0, 0);
        if (error != Errno.None)
        {
            return error;
        }

        bitmap.SetRange(start, found);
        lease.MarkDirty(WriteStage.Referenced);
        volume.Groups[group].NextBlock = start + found < count ? start + found : 0;
        run = new BlockRun(volume.Geometry.FirstBlockOf(group) + (uint)start, (uint)found);
        return Errno.None;
    }

    // The goal itself, so that a file goes on where it ended; else whole free bytes, which promise a run; else any bit.
    private static int FindStart(Bitmap bitmap, int from, int wanted, out int found)
    {
        int count = bitmap.BitCount;
        int start = bitmap[from] ? -1 : from;
        if (start < 0 && wanted > 1)
        {
            start = bitmap.FirstClearByte(from, count);
            start = start < 0 ? bitmap.FirstClearByte(0, from) : start;
        }

        if (start < 0)
        {
            start = bitmap.FirstClear(from, count);
            start = start < 0 ? bitmap.FirstClear(0, from) : start;
        }

        found = start < 0 ? 0 : bitmap.ClearRun(start, wanted);
        return start;
    }

    // The bitmap with what is held, and what is kept for others, counted as used.
    private Bitmap Visible(uint group, Bitmap bitmap, Wish wish)
    {
        BlockNumber first = volume.Geometry.FirstBlockOf(group);
        bool isKept = !wish.IgnoresWindows && !windows.IsEmpty && windows.Touches(wish.Owner, first, (uint)bitmap.BitCount);
        bool isHeld = held.TryGetValue(group, out byte[]? bits);
        if (!isHeld && !isKept)
        {
            return bitmap;
        }

        var visible = new Bitmap(scratch, bitmap.BitCount);
        bitmap.CombineInto(visible, isHeld ? bits : []);
        if (isKept)
        {
            windows.Mark(wish.Owner, visible, first);
        }

        return visible;
    }

    private Errno Free(InodeNumber owner, BlockNumber start, uint count, bool hold)
    {
        Geometry geometry = volume.Geometry;
        while (count > 0)
        {
            if (!geometry.IsDataBlock(start))
            {
                return volume.Corrupt(owner, start, "refers to a block outside the volume");
            }

            uint group = geometry.GroupOf(start);
            int index = geometry.IndexInGroup(start);
            uint part = Math.Min(count, (uint)(geometry.BlocksIn(group) - index));
            Errno error = FreeIn(owner, group, index, (int)part, hold);
            if (error != Errno.None)
            {
                return error;
            }

            start += part;
            count -= part;
        }

        return Errno.None;
    }

    private Errno FreeIn(InodeNumber owner, uint group, int index, int count, bool hold)
    {
        using BlockLease lease = volume.Bitmaps.Blocks(group);
        if (lease.Error != Errno.None)
        {
            return lease.Error;
        }

        var bitmap = new Bitmap(lease.Bytes, volume.Geometry.BlocksIn(group));
        for (int i = index; i < index + count; i++)
        {
            if (!bitmap[i] || volume.Bitmaps.IsMetadata(group, i))
            {
                return volume.Corrupt(owner, volume.Geometry.FirstBlockOf(group) + (uint)i, "refers to a block that is free or holds metadata");
            }
        }

        Errno error = volume.Groups.Add(group, count, 0, 0);
        if (error != Errno.None)
        {
            return error;
        }

        bitmap.ClearRange(index, count);
        lease.MarkDirty(WriteStage.Referenced);
        if (hold)
        {
            Hold(group, index, count);
        }

        return Errno.None;
    }

    private void Hold(uint group, int index, int count)
    {
        if (!held.TryGetValue(group, out byte[]? bits))
        {
            bits = spare.Count > 0 ? spare.Pop() : new byte[scratch.Length];
            held.Add(group, bits);
        }

        new Bitmap(bits, volume.Geometry.BlocksIn(group)).SetRange(index, count);
        HeldCount += count;
    }

    // Who wants how many blocks, and whether he may have what is kept for others.
    private readonly record struct Wish(InodeNumber Owner, uint Blocks, bool IgnoresWindows);
}
