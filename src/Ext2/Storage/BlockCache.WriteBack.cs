using System.Runtime.InteropServices;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Storage;

/// <content>Writing: stage by stage, level by level, in order of place, neighbours in one write.</content>
public sealed unsafe partial class BlockCache
{
    private const int StageCount = 3;

    private readonly int transferBytes;
    private readonly WriteOrder order = new();
    private readonly List<int>[] dirty = [[], [], []];
    private readonly List<ulong> batch = [];
    private byte* transfer;
    private bool isUnflushed;

    private Span<byte> Transfer
    {
        get
        {
            if (transfer is null)
            {
                transfer = (byte*)NativeMemory.AlignedAlloc((nuint)transferBytes, 4096);
            }

            return new Span<byte>(transfer, transferBytes);
        }
    }

    /// <summary>
    /// File data was written to the device past the cache. The next write-back makes it durable before the first inode, so that no inode
    /// ever reaches a block that still holds what a stranger once wrote there.
    /// </summary>
    public void NoteData() => isUnflushed = true;

    /// <summary>
    /// Asks that <paramref name="first"/> be durable before <paramref name="then"/> is written with changes made from now on; both are
    /// directory blocks (<see cref="WriteStage.Names"/>), and both are about to be changed: call it before that. Where earlier demands
    /// contradict, everything is written back at once. Errors: those of that write-back.
    /// </summary>
    public Errno Order(in BlockLease first, in BlockLease then)
    {
        AssertGuarded();
        if (first.Slot == then.Slot)
        {
            return Errno.None;
        }

        first.MarkDirty(WriteStage.Names);
        then.MarkDirty(WriteStage.Names);
        if (order.TryAdd(slots, first.Slot, then.Slot))
        {
            return Errno.None;
        }

        Errno error = WriteBack(false);
        if (error != Errno.None)
        {
            return error;
        }

        first.MarkDirty(WriteStage.Names);
        then.MarkDirty(WriteStage.Names);
        _ = order.TryAdd(slots, first.Slot, then.Slot);
        return Errno.None;
    }

    /// <summary>
    /// Writes one block as it is now, whatever its stage; for a block that nothing on disk refers to yet, so that whatever refers to it
    /// later is written after it. Errors: EIO, ENOSPC; the block is dirty then.
    /// </summary>
    public Errno WriteThrough(in BlockLease lease)
    {
        AssertGuarded();
        Errno error = device.Write(lease.Block.Value * (long)BlockBytes, lease.Bytes);
        if (error == Errno.None)
        {
            isUnflushed = true;
            SetClean(lease.Slot);
        }
        else
        {
            lease.MarkDirty(WriteStage.Referenced);
        }

        return error;
    }

    /// <summary>
    /// Writes all dirty blocks: the stages in their order with a barrier between them, within the last stage what
    /// <see cref="Order"/> asked for. A barrier is issued only where something lies on both sides of it. What could not be written stays dirty, and
    /// nothing that should come after it is written. Errors: EIO, ENOSPC.
    /// </summary>
    /// <param name="durable">Whether to end with a barrier: all that was written is durable then.</param>
    public Errno WriteBack(bool durable)
    {
        AssertGuarded();
        for (int stage = 0; stage < StageCount; stage++)
        {
            Errno error = WriteStageBack(stage);
            if (error != Errno.None)
            {
                return error;
            }
        }

        order.Clear();
        return durable ? Barrier() : Errno.None;
    }

    /// <summary>All that was written is durable when it returns. Errors: EIO.</summary>
    public Errno Barrier()
    {
        if (!isUnflushed)
        {
            return Errno.None;
        }

        // Cleared first: data that is written while the device flushes belongs to the next barrier.
        isUnflushed = false;
        Errno error = device.Flush();
        isUnflushed |= error != Errno.None;
        return error;
    }

    internal void MarkDirty(int slot, WriteStage stage)
    {
        ref SlotState state = ref slots.State(slot);
        if (state.IsDirty && state.Stage == stage)
        {
            return;
        }

        DirtyCount += state.IsDirty ? 0 : 1;
        state.IsDirty = true;
        state.Stage = stage;
        dirty[(int)stage].Add(slot);
    }

    private void SetClean(int slot)
    {
        ref SlotState state = ref slots.State(slot);
        DirtyCount -= state.IsDirty ? 1 : 0;
        state.IsDirty = false;
        order.Remove(slots, slot);
    }

    private Errno WriteStageBack(int stage)
    {
        List<int> list = dirty[stage];
        if (list.Count == 0)
        {
            return Errno.None;
        }

        Collect(list, (WriteStage)stage);
        if (batch.Count == 0)
        {
            list.Clear();
            return Errno.None;
        }

        // The first stage may go with data that was just written: nothing on disk refers to either yet.
        Errno error = stage > 0 ? Barrier() : Errno.None;
        if (error == Errno.None)
        {
            error = WriteLevels();
        }

        if (error == Errno.None)
        {
            list.Clear();
        }

        return error;
    }

    // What lies in the list may have been written, forgotten, or listed twice meanwhile. Level above, block number in the middle and slot below
    // make one key to sort by; levels are few and slots below 2^24.
    private void Collect(List<int> list, WriteStage stage)
    {
        batch.Clear();
        foreach (int slot in list)
        {
            ref SlotState state = ref slots.State(slot);
            if (state.IsUsed && state.IsDirty && state.Stage == stage)
            {
                batch.Add(((ulong)state.Level << 56) | ((ulong)state.Block << 24) | (uint)slot);
            }
        }

        batch.Sort();
    }

    private Errno WriteLevels()
    {
        int index = 0;
        ulong level = batch[0] >> 56;
        while (index < batch.Count)
        {
            if (batch[index] >> 56 != level)
            {
                level = batch[index] >> 56;
                Errno barrier = Barrier();
                if (barrier != Errno.None)
                {
                    return barrier;
                }
            }

            Errno error = WriteRun(ref index);
            if (error != Errno.None)
            {
                return error;
            }
        }

        return Errno.None;
    }

    private Errno WriteRun(ref int index)
    {
        int most = transferBytes / BlockBytes;
        ulong first = batch[index] >> 24;
        int start = index;
        int count = 0;
        Span<byte> buffer = Transfer;
        while (index < batch.Count && count < most)
        {
            ulong place = batch[index] >> 24;
            if (count > 0 && place == first + (ulong)(count - 1))
            {
                index++;
                continue;
            }

            if (place != first + (ulong)count)
            {
                break;
            }

            slots.Bytes((int)(batch[index] & 0xFFFFFF)).CopyTo(buffer[(count * BlockBytes)..]);
            count++;
            index++;
        }

        Errno error = device.Write((uint)first * (long)BlockBytes, buffer[..(count * BlockBytes)]);
        if (error != Errno.None)
        {
            return error;
        }

        isUnflushed = true;
        for (int i = start; i < index; i++)
        {
            SetClean((int)(batch[i] & 0xFFFFFF));
        }

        return Errno.None;
    }

    private void FreeTransfer()
    {
        NativeMemory.AlignedFree(transfer);
        transfer = null;
    }
}
