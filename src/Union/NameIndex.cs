using System.Buffers;
using System.Runtime.CompilerServices;

namespace Ext2Union.Union;

/// <summary>A growing set of names in pooled memory: entries, the bytes of their names, and a hash index over them.</summary>
internal sealed class NameIndex : IDisposable
{
    private const int FirstCapacity = 64;

    private ListedName[] entries = [];
    private byte[] names = [];
    private int[] buckets = [];
    private int nameBytes;
    private int bucketMask;

    /// <summary>The entries; <see cref="Count"/> of them count.</summary>
    public ListedName[] Entries => entries;

    /// <summary>Names held.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes of an entry's name.</summary>
    public ReadOnlySpan<byte> NameOf(in ListedName entry) => names.AsSpan(entry.NameOffset, entry.NameBytes);

    /// <summary>Empties the set, and keeps its memory.</summary>
    public void Clear()
    {
        Count = 0;
        nameBytes = 0;
        buckets.AsSpan().Clear();
    }

    /// <summary>Finds a name, or adds it. Without <paramref name="add"/> a name that is not there is a null reference.</summary>
    public ref ListedName Find(ReadOnlySpan<byte> name, out bool isNew, bool add)
    {
        isNew = false;
        if (Count * 2 >= bucketMask)
        {
            Grow();
        }

        int bucket = HashOf(name) & bucketMask;
        for (; buckets[bucket] != 0; bucket = (bucket + 1) & bucketMask)
        {
            ref ListedName entry = ref entries[buckets[bucket] - 1];
            if (NameOf(in entry).SequenceEqual(name))
            {
                return ref entry;
            }
        }

        if (!add)
        {
            return ref Unsafe.NullRef<ListedName>();
        }

        isNew = true;
        Reserve(ref names, nameBytes, name.Length);
        Reserve(ref entries, Count, 1);
        name.CopyTo(names.AsSpan(nameBytes));
        entries[Count] = new ListedName { NameOffset = nameBytes, NameBytes = (byte)name.Length, Cookie = CookieOf(name) };
        nameBytes += name.Length;
        buckets[bucket] = ++Count;
        return ref entries[Count - 1];
    }

    /// <summary>Drops what is not visible and orders the rest by cookie; after that only the entries and their names are valid.</summary>
    public void Compact()
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (entries[i].Verdict is Verdict.Here or Verdict.HereAndBelow)
            {
                entries[kept++] = entries[i];
            }
        }

        Count = kept;
        entries.AsSpan(0, kept).Sort();
        for (int i = 1; i < kept; i++)
        {
            // Two names with one hash: each needs a cookie of its own.
            entries[i].Cookie = Math.Max(entries[i].Cookie, entries[i - 1].Cookie + 1);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Return(ref entries);
        Return(ref names);
        Return(ref buckets);
        Count = 0;
        bucketMask = 0;
    }

    // Seeded per process: a hostile image cannot choose names that all fall into one bucket.
    private static int HashOf(ReadOnlySpan<byte> name)
    {
        var hash = default(HashCode);
        hash.AddBytes(name);
        return hash.ToHashCode();
    }

    // FNV-1a and a final mix: a cookie must be the same tomorrow. 62 bits, and never zero, for zero is the start.
    private static long CookieOf(ReadOnlySpan<byte> name)
    {
        ulong hash = 14695981039346656037;
        foreach (byte letter in name)
        {
            hash = (hash ^ letter) * 1099511628211;
        }

        hash ^= hash >> 32;
        hash *= 0x9E3779B97F4A7C15;
        return (long)(hash >> 2) + 1;
    }

    private static void Reserve<T>(ref T[] array, int used, int more)
    {
        if (used + more <= array.Length)
        {
            return;
        }

        T[] larger = ArrayPool<T>.Shared.Rent(Math.Max(FirstCapacity, Math.Max(used + more, array.Length * 2)));
        array.AsSpan(0, used).CopyTo(larger);
        Return(ref array);
        array = larger;
    }

    private static void Return<T>(ref T[] array)
    {
        if (array.Length > 0)
        {
            ArrayPool<T>.Shared.Return(array);
        }

        array = [];
    }

    private void Grow()
    {
        int size = Math.Max(FirstCapacity * 4, (bucketMask + 1) * 2);
        Return(ref buckets);
        buckets = ArrayPool<int>.Shared.Rent(size);
        buckets.AsSpan().Clear();
        bucketMask = size - 1;
        for (int i = 0; i < Count; i++)
        {
            int bucket = HashOf(NameOf(in entries[i])) & bucketMask;
            while (buckets[bucket] != 0)
            {
                bucket = (bucket + 1) & bucketMask;
            }

            buckets[bucket] = i + 1;
        }
    }
}
