using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Volume;

/// <summary>
/// Room kept free behind files that are being written from start to end, so that two of them do not lie interleaved (the idea of the kernel's ext2
/// reservation windows). It exists in memory alone and only steers the search: the blocks count as free, and are given to anyone when nothing
/// else is left. Guarded by the volume's lock.
/// </summary>
internal sealed class WriteWindows
{
    private const int Most = 32;
    private const uint LeastBlocks = 16;
    private const uint MostBlocks = 2048;

    private readonly Window[] windows = new Window[Most];
    private int count;
    private uint clock;

    /// <summary>Whether there is any.</summary>
    public bool IsEmpty => count == 0;

    /// <summary>A file took blocks at the place where it ended: it gets room behind them, more each time.</summary>
    public void Extend(InodeNumber owner, BlockNumber end)
    {
        int index = IndexOf(owner);
        if (index < 0)
        {
            index = count < Most ? count++ : Oldest();
            windows[index] = new Window(owner, end, LeastBlocks, ++clock);
            return;
        }

        Window window = windows[index];
        uint left = window.Start + window.Count > end && end >= window.Start ? window.Start + window.Count - end : 0;
        uint size = left >= LeastBlocks / 2 ? left : Math.Min(window.Size * 2, MostBlocks);
        windows[index] = new Window(owner, end, size, ++clock) { Size = Math.Max(window.Size, size) };
    }

    /// <summary>The file is not written any more.</summary>
    public void End(InodeNumber owner)
    {
        int index = IndexOf(owner);
        if (index >= 0)
        {
            windows[index] = windows[--count];
        }
    }

    /// <summary>Whether others keep room in a range of blocks.</summary>
    public bool Touches(InodeNumber owner, BlockNumber start, uint length)
    {
        for (int i = 0; i < count; i++)
        {
            if (windows[i].Owner != owner && windows[i].Start < start + length && windows[i].Start + windows[i].Count > start)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Sets the bits of what others keep in a group.</summary>
    public void Mark(InodeNumber owner, Bitmap bitmap, BlockNumber first)
    {
        for (int i = 0; i < count; i++)
        {
            if (windows[i].Owner == owner)
            {
                continue;
            }

            long start = Math.Max(0, (long)windows[i].Start.Value - first.Value);
            long end = Math.Min(bitmap.BitCount, (long)windows[i].Start.Value + windows[i].Count - first.Value);
            if (start < end)
            {
                bitmap.SetRange((int)start, (int)(end - start));
            }
        }
    }

    private int IndexOf(InodeNumber owner)
    {
        for (int i = 0; i < count; i++)
        {
            if (windows[i].Owner == owner)
            {
                return i;
            }
        }

        return -1;
    }

    private int Oldest()
    {
        int oldest = 0;
        for (int i = 1; i < count; i++)
        {
            oldest = clock - windows[i].Used > clock - windows[oldest].Used ? i : oldest;
        }

        return oldest;
    }

    // Whose it is, where it begins, how much of it is left, how much it was given last, when it was used.
    private readonly record struct Window(InodeNumber Owner, BlockNumber Start, uint Count, uint Used)
    {
        public uint Size { get; init; } = Count;
    }
}
