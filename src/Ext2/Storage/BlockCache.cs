using System.Diagnostics;
using Ext2Union.BlockDevices;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Storage;

/// <summary>
/// The only reader and writer of metadata blocks. It has no lock of its own: who owns it (a mounted volume, a checker) lets one thread in
/// at a time. Buffers lie outside the managed heap and are made as needed, up to a capacity; clean blocks give way by second chance, dirty
/// ones only after <see cref="WriteBack"/>, which the owner calls between two operations, never in the middle of one.
/// </summary>
public sealed partial class BlockCache : IDisposable
{
    /// <summary>Capacity unless told otherwise, bytes.</summary>
    public const long DefaultCapacityBytes = 32L << 20;

    private const int LeastSlots = 64;

    private readonly BlockDevice device;
    private readonly RankedLock? guard;
    private readonly int capacity;
    private readonly SlotPool slots;
    private int hand;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="device">Where the blocks lie.</param>
    /// <param name="blockBytes">Bytes of a block, a power of two of 1024 or more.</param>
    /// <param name="capacityBytes">Memory for blocks; a single operation that dirties more may exceed it.</param>
    /// <param name="guard">The lock its owner holds around every call; looked at in debug builds.</param>
    public BlockCache(BlockDevice device, int blockBytes, long capacityBytes = DefaultCapacityBytes, RankedLock? guard = null)
    {
        this.device = device;
        this.guard = guard;
        BlockBytes = blockBytes;
        capacity = (int)Math.Clamp(capacityBytes / blockBytes, LeastSlots, 1 << 22);
        slots = new SlotPool(blockBytes);
        transferBytes = Math.Max(blockBytes, 256 * 1024);
    }

    /// <summary>Bytes of a block.</summary>
    public int BlockBytes { get; }

    /// <summary>Blocks whose content differs from the device.</summary>
    public int DirtyCount { get; private set; }

    /// <summary>So much is dirty that the owner should write back before its next operation.</summary>
    public bool IsPressed => DirtyCount > capacity / 2;

    /// <summary>Memory held by blocks, bytes.</summary>
    public long MemoryBytes => (long)slots.Count * BlockBytes;

    /// <summary>The block, read if it is not here. Errors (of the lease): EIO.</summary>
    public BlockLease Read(BlockNumber block)
    {
        AssertGuarded();
        int slot = slots.Find(block.Value);
        if (slot < 0)
        {
            slot = Take(block);
            Errno error = device.Read(block.Value * (long)BlockBytes, slots.Bytes(slot));
            if (error != Errno.None)
            {
                slots.Remove(slot);
                return new BlockLease(error);
            }
        }

        return Pin(slot);
    }

    /// <summary>Whether a block is here, so that taking it reads nothing.</summary>
    public bool Contains(BlockNumber block)
    {
        AssertGuarded();
        return slots.Find(block.Value) >= 0;
    }

    /// <summary>The block with zeros as its content; it is not read. For a block that was just allocated.</summary>
    public BlockLease Create(BlockNumber block)
    {
        AssertGuarded();
        int slot = slots.Find(block.Value);
        if (slot < 0)
        {
            slot = Take(block);
        }

        slots.Bytes(slot).Clear();
        slots.State(slot).Proofs = 0;
        return Pin(slot);
    }

    /// <summary>
    /// The block was freed: what is here is dropped, dirty or not, so that it is never written over what the block is used for next.
    /// A corrupt volume may free a block that is in use here; then it only becomes clean.
    /// </summary>
    public void Forget(BlockNumber block)
    {
        AssertGuarded();
        int slot = slots.Find(block.Value);
        if (slot < 0)
        {
            return;
        }

        SetClean(slot);
        if (slots.State(slot).Pins == 0)
        {
            slots.Remove(slot);
        }
    }

    /// <summary>Brings in blocks that will be needed soon, with few large reads. A failure shows at the read that needs the block.</summary>
    public void ReadAhead(BlockNumber first, int count)
    {
        AssertGuarded();
        int most = Math.Min(transferBytes / BlockBytes, capacity / 4);
        int index = 0;
        while (index < count)
        {
            if (slots.Find(first.Value + (uint)index) >= 0)
            {
                index++;
                continue;
            }

            int run = 1;
            while (run < most && index + run < count && slots.Find(first.Value + (uint)(index + run)) < 0)
            {
                run++;
            }

            if (!ReadRun(first + (uint)index, run))
            {
                return;
            }

            index += run;
        }
    }

    /// <summary>Frees all memory. Nothing is written.</summary>
    public void Dispose()
    {
        slots.Dispose();
        FreeTransfer();
    }

    internal Span<byte> BytesOf(int slot) => slots.Bytes(slot);

    internal BlockNumber BlockOf(int slot) => new(slots.State(slot).Block);

    internal byte ProofsOf(int slot) => slots.State(slot).Proofs;

    internal void SetProofs(int slot, byte value) => slots.State(slot).Proofs = value;

    internal bool IsDirty(int slot) => slots.State(slot).IsDirty;

    internal bool IsDirtyAt(int slot, WriteStage stage) => slots.State(slot).IsDirty && slots.State(slot).Stage == stage;

    internal void Unpin(int slot) => slots.State(slot).Pins--;

    private bool ReadRun(BlockNumber first, int count)
    {
        Span<byte> transfer = Transfer[..(count * BlockBytes)];
        if (device.Read(first.Value * (long)BlockBytes, transfer) != Errno.None)
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            int slot = Take(first + (uint)i);
            transfer.Slice(i * BlockBytes, BlockBytes).CopyTo(slots.Bytes(slot));
        }

        return true;
    }

    private BlockLease Pin(int slot)
    {
        ref SlotState state = ref slots.State(slot);
        state.Pins++;
        state.WasUsed = true;
        return new BlockLease(this, slot);
    }

    // A slot for a block that is not here: a free one, a new one, or the first clean one that was not used since the hand came by. When all
    // are dirty or in use the pool grows: an operation never stops half way for want of memory.
    private int Take(BlockNumber block)
    {
        int slot = slots.TakeFree();
        if (slot < 0 && slots.Count >= capacity)
        {
            slot = Evict();
        }

        if (slot < 0)
        {
            slot = slots.Grow();
        }

        slots.Insert(slot, block.Value);
        return slot;
    }

    private int Evict()
    {
        int count = slots.Count;
        for (int step = 0; step < count * 2; step++)
        {
            hand = hand + 1 < count ? hand + 1 : 0;
            ref SlotState state = ref slots.State(hand);
            if (state.Pins != 0 || state.IsDirty)
            {
                continue;
            }

            if (state.WasUsed)
            {
                state.WasUsed = false;
                continue;
            }

            slots.Remove(hand);
            return slots.TakeFree();
        }

        return -1;
    }

    [Conditional("DEBUG")]
    private void AssertGuarded() => Debug.Assert(guard is null || guard.IsHeld, "The cache is used without its owner's lock.");
}
