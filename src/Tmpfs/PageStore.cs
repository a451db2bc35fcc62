using System.Numerics;
using Ext2Union.Linux.Memory;
using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs;

/// <summary>
/// The pages of all files, counted against the file system's size. They live in slabs mapped from the kernel: an empty slab is unmapped, and
/// in others returned pages are given back in batches, so that deleting returns memory without a system call for each page.
/// Guarded by the file system's lock.
/// </summary>
internal sealed unsafe class PageStore(long limit)
{
    /// <summary>Bytes of a page.</summary>
    public const int PageBytes = 4096;

    private const int SlabPages = 256;
    private const int WordBits = 64;
    // Pages of a slab that may be free yet still hold memory; beyond it they are given back together.
    private const int StalePagesAllowed = SlabPages / 4;

    private readonly List<Slab?> slabs = [];
    private readonly Stack<int> vacantIndices = new();
    private readonly List<Slab> withRoom = [];
    private Slab? spare;

    /// <summary>Pages that files may take in all.</summary>
    public long Limit { get; } = limit;

    /// <summary>Pages that files hold.</summary>
    public long Used { get; private set; }

    /// <summary>Pages still to be had.</summary>
    public long Free => Limit - Used;

    /// <summary>Slabs that are mapped now.</summary>
    public int SlabCount => slabs.Count - vacantIndices.Count;

    /// <summary>Takes a page; its number is never 0. Errors: ENOSPC at the limit, ENOMEM when the machine has none.</summary>
    public Errno Take(bool zeroed, out int page)
    {
        page = 0;
        if (Used >= Limit)
        {
            return Errno.ENOSPC;
        }

        Slab? slab = withRoom.Count > 0 ? withRoom[^1] : MapSlab();
        if (slab is null)
        {
            return Errno.ENOMEM;
        }

        int index = slab.Take(out bool stale);
        if (slab.FreeCount == 0)
        {
            RemoveFromRoom(slab);
        }

        if (spare == slab)
        {
            spare = null;
        }

        if (zeroed && stale)
        {
            new Span<byte>(slab.Memory + index * PageBytes, PageBytes).Clear();
        }

        Used++;
        page = slab.Index * SlabPages + index + 1;
        return Errno.None;
    }

    /// <summary>Gives a page back.</summary>
    public void Return(int page)
    {
        Slab slab = slabs[(page - 1) / SlabPages]!;
        if (slab.FreeCount == 0)
        {
            slab.PositionWithRoom = withRoom.Count;
            withRoom.Add(slab);
        }

        slab.Return((page - 1) % SlabPages);
        Used--;
        if (slab.FreeCount == SlabPages)
        {
            RetireSlab(slab);
        }
        else if (slab.StaleCount > StalePagesAllowed)
        {
            slab.DiscardStale();
        }
    }

    /// <summary>The bytes of a page.</summary>
    public Span<byte> BytesOf(int page) =>
        new(slabs[(page - 1) / SlabPages]!.Memory + (page - 1) % SlabPages * PageBytes, PageBytes);

    /// <summary>Unmaps everything; no page may be used any more.</summary>
    public void Clear()
    {
        foreach (Slab? slab in slabs)
        {
            slab?.Unmap();
        }

        slabs.Clear();
        withRoom.Clear();
        vacantIndices.Clear();
        spare = null;
        Used = 0;
    }

    private Slab? MapSlab()
    {
        byte* memory = AnonymousMemory.Map(SlabPages * PageBytes);
        if (memory is null)
        {
            return null;
        }

        if (!vacantIndices.TryPop(out int index))
        {
            index = slabs.Count;
            slabs.Add(null);
        }

        Slab slab = new(memory, index) { PositionWithRoom = withRoom.Count };
        slabs[index] = slab;
        withRoom.Add(slab);
        return slab;
    }

    // One empty slab stays mapped: a program that writes and deletes one small file again and again must not map and unmap.
    private void RetireSlab(Slab slab)
    {
        if (spare is null)
        {
            spare = slab;
            slab.DiscardStale();
            return;
        }

        RemoveFromRoom(slab);
        slabs[slab.Index] = null;
        vacantIndices.Push(slab.Index);
        slab.Unmap();
    }

    private void RemoveFromRoom(Slab slab)
    {
        Slab last = withRoom[^1];
        withRoom[slab.PositionWithRoom] = last;
        last.PositionWithRoom = slab.PositionWithRoom;
        withRoom.RemoveAt(withRoom.Count - 1);
    }

    private sealed class Slab(byte* memory, int index)
    {
        private readonly ulong[] free = [ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue];
        // Pages whose memory still holds what was written there.
        private readonly ulong[] stale = new ulong[SlabPages / WordBits];

        public byte* Memory { get; } = memory;
        public int Index { get; } = index;
        public int FreeCount { get; private set; } = SlabPages;
        public int StaleCount { get; private set; }
        public int PositionWithRoom { get; set; }

        public int Take(out bool wasStale)
        {
            int word = 0;
            while (free[word] == 0)
            {
                word++;
            }

            int bit = BitOperations.TrailingZeroCount(free[word]);
            ulong mask = 1UL << bit;
            free[word] &= ~mask;
            FreeCount--;
            wasStale = (stale[word] & mask) != 0;
            if (wasStale)
            {
                stale[word] &= ~mask;
                StaleCount--;
            }

            return word * WordBits + bit;
        }

        public void Return(int page)
        {
            ulong mask = 1UL << (page % WordBits);
            free[page / WordBits] |= mask;
            stale[page / WordBits] |= mask;
            FreeCount++;
            StaleCount++;
        }

        public void DiscardStale()
        {
            for (int first = 0; first < SlabPages;)
            {
                if (!IsStale(first))
                {
                    first++;
                    continue;
                }

                int end = first + 1;
                while (end < SlabPages && IsStale(end))
                {
                    end++;
                }

                AnonymousMemory.Discard(Memory + first * PageBytes, (end - first) * PageBytes);
                first = end;
            }

            Array.Clear(stale);
            StaleCount = 0;
        }

        public void Unmap() => AnonymousMemory.Unmap(Memory, SlabPages * PageBytes);

        private bool IsStale(int page) => (stale[page / WordBits] >> (page % WordBits) & 1) != 0;
    }
}
