using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.Storage;

/// <summary>Buffers in native memory, taken from the system a slab at a time, and the table that finds a block's buffer.</summary>
internal sealed unsafe class SlotPool : IDisposable
{
    private const int SlabBytes = 512 * 1024;
    private const int Alignment = 4096;

    private readonly int blockBytes;
    private readonly int slabShift;
    private readonly List<nint> slabs = [];
    private SlotState[] states = [];
    private int[] buckets = [];
    private int firstFree = -1;

    internal SlotPool(int blockBytes)
    {
        this.blockBytes = blockBytes;
        slabShift = int.Log2(Math.Max(1, SlabBytes / blockBytes));
        Resize(256);
    }

    /// <summary>Slots there are, used or free.</summary>
    internal int Count { get; private set; }

    /// <summary>The state of a slot.</summary>
    internal ref SlotState State(int slot) => ref states[slot];

    /// <summary>The buffer of a slot.</summary>
    internal Span<byte> Bytes(int slot)
    {
        byte* slab = (byte*)slabs[slot >> slabShift];
        return new Span<byte>(slab + ((long)(slot & ((1 << slabShift) - 1)) * blockBytes), blockBytes);
    }

    /// <summary>The slot of a block, or -1.</summary>
    internal int Find(uint block)
    {
        int slot = buckets[Bucket(block)];
        while (slot >= 0 && states[slot].Block != block)
        {
            slot = states[slot].Next;
        }

        return slot;
    }

    /// <summary>Takes a slot off the free list, or -1.</summary>
    internal int TakeFree()
    {
        int slot = firstFree;
        if (slot >= 0)
        {
            firstFree = states[slot].Next;
        }

        return slot;
    }

    /// <summary>Adds a slab and takes its first slot.</summary>
    internal int Grow()
    {
        int added = 1 << slabShift;
        if (Count + added > states.Length)
        {
            Resize(Math.Max(states.Length * 2, Count + added));
        }

        nuint bytes = (nuint)added * (nuint)blockBytes;
        slabs.Add((nint)NativeMemory.AlignedAlloc(bytes, Alignment));
        int first = Count;
        Count += added;
        for (int slot = Count - 1; slot > first; slot--)
        {
            states[slot] = new SlotState { Next = firstFree };
            firstFree = slot;
        }

        return first;
    }

    /// <summary>Puts a block into a slot that was taken.</summary>
    internal void Insert(int slot, uint block)
    {
        ref int bucket = ref buckets[Bucket(block)];
        states[slot] = new SlotState { Block = block, Next = bucket, FirstEdge = -1, IsUsed = true };
        bucket = slot;
    }

    /// <summary>Takes the block out of a slot and frees the slot.</summary>
    internal void Remove(int slot)
    {
        ref int link = ref buckets[Bucket(states[slot].Block)];
        while (link != slot)
        {
            link = ref states[link].Next;
        }

        link = states[slot].Next;
        states[slot] = new SlotState { Next = firstFree };
        firstFree = slot;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (nint slab in slabs)
        {
            NativeMemory.AlignedFree((void*)slab);
        }

        slabs.Clear();
        Count = 0;
        firstFree = -1;
        Array.Fill(buckets, -1);
    }

    private int Bucket(uint block) => (int)((block * 2654435769u) >> 7) & (buckets.Length - 1);

    private void Resize(int size)
    {
        size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)size);
        Array.Resize(ref states, size);
        buckets = new int[size * 2];
        Array.Fill(buckets, -1);
        for (int slot = 0; slot < Count; slot++)
        {
            if (states[slot].IsUsed)
            {
                ref int bucket = ref buckets[Bucket(states[slot].Block)];
                states[slot].Next = bucket;
                bucket = slot;
            }
        }
    }
}
