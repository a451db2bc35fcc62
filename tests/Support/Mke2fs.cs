namespace Ext2Union.Tests.Support;

/// <summary>Recipes of images made by stock mke2fs.</summary>
public sealed record Mke2fs
{
    /// <summary>Size of the image in bytes.</summary>
    public long Bytes { get; init; } = 32L << 20;

    /// <summary>Bytes of a block: 1024, 2048 or 4096.</summary>
    public int BlockBytes { get; init; } = 4096;

    /// <summary>Bytes of an inode: 128, 256, 512 ...</summary>
    public int InodeBytes { get; init; } = 256;

    /// <summary>Revision: 0 (128-byte inodes, no features) or 1.</summary>
    public int Revision { get; init; } = 1;

    /// <summary>Value of -O, as "^dir_index"; empty for the defaults of ext2.</summary>
    public string Features { get; init; } = "";

    /// <summary>Value of -E; empty for none.</summary>
    public string Extended { get; init; } = "";

    /// <summary>Number of inodes, or 0 for the default.</summary>
    public int Inodes { get; init; }

    /// <summary>Blocks of a group, a multiple of 8, or 0 for the default: small groups make many backups of the superblock.</summary>
    public int BlocksPerGroup { get; init; }

    /// <summary>A tree to fill the image with (-d), or null.</summary>
    public string? Tree { get; init; }

    /// <summary>Makes the image.</summary>
    public void Make(string image)
    {
        var arguments = new List<string> { "-q", "-F", "-t", "ext2", "-b", $"{BlockBytes}", "-r", $"{Revision}" };
        if (Revision > 0)
        {
            arguments.AddRange(["-I", $"{InodeBytes}"]);
        }

        Add("-O", Features);
        Add("-E", Extended);
        Add("-g", BlocksPerGroup > 0 ? $"{BlocksPerGroup}" : "");
        Add("-N", Inodes > 0 ? $"{Inodes}" : "");
        Add("-d", Tree ?? "");
        SparseFile(image, Bytes);
        _ = ProcessRunner.Check("/sbin/mke2fs", [.. arguments, image]);

        void Add(string option, string value)
        {
            if (value.Length > 0)
            {
                arguments.AddRange([option, value]);
            }
        }
    }

    /// <summary>Makes a file of this size that occupies nothing, in place of what was there.</summary>
    public static void SparseFile(string path, long bytes)
    {
        using FileStream file = File.Create(path);
        file.SetLength(bytes);
    }

    /// <inheritdoc/>
    public override string ToString() => $"mke2fs -b {BlockBytes} -I {InodeBytes} -r {Revision} -O {Features} -E {Extended}";
}
