using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Measures and features of a seeded volume. Small, so that a case costs milliseconds; small groups, so that there are many.</summary>
internal sealed record VolumeShape(string Name, int BlockBytes, int InodeBytes, int Kilobytes)
{
    /// <summary>The shapes that cases take by turns.</summary>
    public static IReadOnlyList<VolumeShape> All { get; } =
    [
        new("small", 1024, 128, 3072),
        new("groups", 1024, 256, 5120) { BlocksPerGroup = 1024, Resize = 20000 },
        new("pages", 4096, 256, 6144) { BlocksPerGroup = 512, Resize = 8000 },
        new("middle", 2048, 128, 6144) { BlocksPerGroup = 1024, Resize = 10000 },
        new("every-backup", 1024, 128, 4096) { BlocksPerGroup = 512, Features = "^sparse_super,^resize_inode" },
        new("fixed", 1024, 256, 3072) { BlocksPerGroup = 1024, Features = "^resize_inode" },
        new("unindexed", 1024, 128, 3072) { BlocksPerGroup = 1536, Features = "^dir_index,^resize_inode" },
        new("untyped", 2048, 256, 4096) { Features = "^filetype", Resize = 4000 },
        new("wide", 1024, 128, 5120) { HasWideDirectory = true },
        new("full", 1024, 256, 2048) { BlocksPerGroup = 1024, FreeBlocks = 12, Features = "^resize_inode" },
        new("tiny-groups", 1024, 128, 2048) { BlocksPerGroup = 256, Features = "^resize_inode" },
        new("large-inodes", 2048, 512, 5120) { BlocksPerGroup = 512, Features = "^resize_inode" },
        new("old", 1024, 128, 2048) { Revision = 0 },
        new("pages-whole", 4096, 128, 8192) { Features = "^large_file,^resize_inode" },
        new("full-pages", 4096, 256, 5120) { FreeBlocks = 6, BlocksPerGroup = 640, Features = "^resize_inode" },
        new("plain", 1024, 256, 4096) { Features = "^sparse_super,^dir_index,^resize_inode,^large_file", BlocksPerGroup = 2048, HasWideDirectory = true },
    ];

    public int Revision { get; init; } = 1;
    public int BlocksPerGroup { get; init; }
    public string Features { get; init; } = "";

    /// <summary>Blocks that the volume may grow to: keeps the reserved descriptors few.</summary>
    public int Resize { get; init; }

    /// <summary>How many blocks are left free; -1: what the tree leaves.</summary>
    public int FreeBlocks { get; init; } = -1;

    /// <summary>Whether there is a directory that needs an index of two levels.</summary>
    public bool HasWideDirectory { get; init; }

    public bool HasAttributes => Revision > 0;

    public void Make(string image, string tree, int hashSeed)
    {
        string extended = Revision == 0 ? "" : $"hash_seed={new Guid(hashSeed, 0x1111, 0x2222, 1, 2, 3, 4, 5, 6, 7, 8)}{(Resize > 0 ? $",resize={Resize}" : "")}";
        new Mke2fs
        {
            BlockBytes = BlockBytes,
            InodeBytes = InodeBytes,
            Revision = Revision,
            Bytes = Kilobytes * 1024L,
            BlocksPerGroup = BlocksPerGroup,
            Features = Features,
            Extended = extended,
            Inodes = 320,
            Tree = tree,
        }.Make(image);
    }

    public override string ToString() => Name;
}
