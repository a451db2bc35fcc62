using System.Buffers;
using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Volume.Directories;

/// <summary>The entries of the leaf under way, to be sorted by place: keys, and where each record is. From the shared pools; returned on dispose.</summary>
internal struct ScanBuffer : IDisposable
{
    // Blocks of up to 64 KiB: the offset takes 16 bits.
    private const int OffsetBits = 16;

    private ulong[] keys;
    private ulong[] places;

    /// <summary>Makes an empty buffer.</summary>
    public ScanBuffer(int capacity)
    {
        keys = ArrayPool<ulong>.Shared.Rent(capacity);
        places = ArrayPool<ulong>.Shared.Rent(capacity);
        Count = 0;
    }

    /// <summary>Entries held.</summary>
    public int Count { get; private set; }

    /// <summary>Drops all entries.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds an entry.</summary>
    public void Add(ulong key, FileBlock block, int offset)
    {
        if (Count >= Math.Min(keys.Length, places.Length))
        {
            Grow();
        }

        keys[Count] = key;
        places[Count] = ((ulong)block.Value << OffsetBits) | (uint)offset;
        Count++;
    }

    /// <summary>Sorts by key.</summary>
    public readonly void Sort() => keys.AsSpan(0, Count).Sort(places.AsSpan(0, Count));

    /// <summary>The key of an entry.</summary>
    public readonly ulong KeyAt(int index) => keys[index];

    /// <summary>The block of an entry.</summary>
    public readonly FileBlock BlockAt(int index) => new((uint)(places[index] >> OffsetBits));

    /// <summary>The offset of an entry in its block.</summary>
    public readonly int OffsetAt(int index) => (int)(places[index] & ((1 << OffsetBits) - 1));

    /// <summary>Lets two entries of one key change places.</summary>
    public readonly void Swap(int left, int right) => (places[left], places[right]) = (places[right], places[left]);

    /// <summary>Returns the arrays.</summary>
    public void Dispose()
    {
        ArrayPool<ulong>.Shared.Return(keys);
        ArrayPool<ulong>.Shared.Return(places);
        keys = [];
        places = [];
        Count = 0;
    }

    private void Grow()
    {
        ScanBuffer larger = new(Count * 2);
        keys.AsSpan(0, Count).CopyTo(larger.keys);
        places.AsSpan(0, Count).CopyTo(larger.places);
        larger.Count = Count;
        Dispose();
        this = larger;
    }
}
