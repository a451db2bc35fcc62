namespace Ext2Union.Ext2.Fsck;

/// <summary>Says ahead of pass 2 where the directories lie that it will read, neighbours together.</summary>
internal sealed class DirectoryReadAhead(CheckedVolume volume, InodeFacts facts, uint[] order)
{
    private const long Distance = 4 << 20;
    // Reading what lies between two directories is cheaper than another request.
    private const long Gap = 64 << 10;
    // A longer one is read in long runs, which the kernel sees for itself.
    private const long LongestStart = 256 << 10;
    private int told;
    private long toldBytes;
    private long readBytes;

    /// <summary>The next directory of the order was read.</summary>
    public void Step(in DirectoryFacts record)
    {
        readBytes += StartBytes(record);
        if (toldBytes - readBytes > Distance / 2)
        {
            return;
        }
        long start = 0;
        long end = 0;
        while (told < order.Length && toldBytes - readBytes < Distance)
        {
            ref DirectoryFacts next = ref facts.Directories[order[told++]];
            long at = (long)next.FirstBlock << volume.Geometry.BlockBits;
            long length = StartBytes(next);
            toldBytes += length;
            if (at < start || at > end + Gap)
            {
                volume.Store.WillRead(start, end - start);
                (start, end) = (at, at);
            }
            end = Math.Max(end, at + length);
        }
        volume.Store.WillRead(start, end - start);
    }

    private long StartBytes(in DirectoryFacts record) =>
        Math.Min((long)(record.IsRun ? record.BlockCount : 1) << volume.Geometry.BlockBits, LongestStart);
}
