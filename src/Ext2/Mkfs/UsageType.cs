namespace Ext2Union.Ext2.Mkfs;

/// <summary>
/// The defaults of mke2fs.conf for a kind of use (<c>-T</c>) or for a size. A null leaves what an earlier type or the
/// general default says.
/// </summary>
/// <param name="Name">Its name in mke2fs.conf.</param>
/// <param name="BlockBytes">blocksize; -1 means the page size.</param>
/// <param name="BytesPerInode">inode_ratio.</param>
/// <param name="InodeBytes">inode_size.</param>
public sealed record UsageType(string Name, int? BlockBytes, int? BytesPerInode, int? InodeBytes = null)
{
    /// <summary>The general defaults: blocks of 4 KiB, inodes of 256 bytes, one for every 16 KiB.</summary>
    public const int DefaultBlockBytes = 4096, DefaultBytesPerInode = 16384, DefaultInodeBytes = 256;

    private const long Mebi = 1 << 20;

    /// <summary>All types, the size classes first.</summary>
    public static IReadOnlyList<UsageType> All { get; } =
    [
        new("floppy", 1024, 8192),
        new("small", 1024, 4096),
        new("default", null, null),
        new("big", null, 32768),
        new("huge", null, 65536),
        new("news", null, 4096),
        new("largefile", -1, 1 << 20),
        new("largefile4", -1, 4 << 20),
    ];

    /// <summary>The class of a size: floppy below 3 MiB, small below 512 MiB, big from 4 TiB and huge from 16 TiB on.</summary>
    public static UsageType OfSize(long bytes) => Find(bytes switch
    {
        < 3 * Mebi => "floppy",
        < 512 * Mebi => "small",
        < 4 * Mebi * Mebi => "default",
        < 16 * Mebi * Mebi => "big",
        _ => "huge",
    })!;

    /// <summary>Finds a type by name, or null.</summary>
    public static UsageType? Find(string name) => All.FirstOrDefault(type => type.Name == name);
}
