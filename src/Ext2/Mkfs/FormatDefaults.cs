namespace Ext2Union.Ext2.Mkfs;

/// <summary>What is chosen where nothing was asked for: the values of mke2fs.conf for ext2, by kind of use or size.</summary>
internal static class FormatDefaults
{
    private const int PageBytes = 4096;

    public static int BlockBytes(FormatOptions options, long lengthBytes)
    {
        if (options.BlockBytes is int wanted)
        {
            return wanted;
        }

        int chosen = TypesOf(options, lengthBytes).Select(type => type.BlockBytes).LastOrDefault(value => value is not null)
            ?? UsageType.DefaultBlockBytes;
        return Math.Max(chosen < 0 ? PageBytes : chosen, options.SectorBytes);
    }

    public static int InodeBytes(FormatOptions options, int blockBytes) =>
        options.Revision == 0 ? 128
        : options.InodeBytes
            ?? Math.Min(options.Usage.Select(type => type.InodeBytes).LastOrDefault(value => value is not null) ?? UsageType.DefaultInodeBytes, blockBytes);

    public static ulong Inodes(FormatOptions options, int blockBytes, long blockCount)
    {
        if (options.InodeCount is uint wanted)
        {
            return wanted;
        }

        long lengthBytes = blockCount * blockBytes;
        long ratio = options.BytesPerInode
            ?? Math.Max(
                TypesOf(options, lengthBytes).Select(type => type.BytesPerInode).LastOrDefault(value => value is not null) ?? UsageType.DefaultBytesPerInode,
                blockBytes);
        return (ulong)(lengthBytes / ratio);
    }

    private static IEnumerable<UsageType> TypesOf(FormatOptions options, long lengthBytes) =>
        options.Usage.Count > 0 ? options.Usage : [UsageType.OfSize(lengthBytes)];
}
