namespace Ext2Union.BlockDevices;

/// <summary>Pages of bytes by number, as many as were written. Not thread-safe: its owner locks.</summary>
internal sealed class SparsePages
{
    public const int PageBytes = 4096;

    private readonly Dictionary<long, byte[]> pages = [];

    public int Count => pages.Count;

    public IEnumerable<long> Numbers => pages.Keys;

    public byte[]? Find(long number) => pages.GetValueOrDefault(number);

    public void Put(long number, byte[] page) => pages[number] = page;

    public void Remove(long number) => _ = pages.Remove(number);

    public SparsePages Clone()
    {
        var copy = new SparsePages();
        foreach ((long number, byte[] page) in pages)
        {
            copy.pages.Add(number, page.AsSpan().ToArray());
        }

        return copy;
    }

    /// <summary>The part of the page at <paramref name="position"/> that a range of this length covers.</summary>
    public static int PartAt(long position, long length, out long number, out int start)
    {
        number = position / PageBytes;
        start = (int)(position % PageBytes);
        return (int)Math.Min(PageBytes - start, length);
    }
}
