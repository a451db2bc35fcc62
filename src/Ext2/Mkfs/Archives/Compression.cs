namespace Ext2Union.Ext2.Mkfs.Archives;

/// <summary>What a file that is no tar may be instead, told by its first bytes, with the pipe that makes a tar of it.</summary>
internal static class Compression
{
    private static readonly (byte[] Magic, string What, string Command)[] Known =
    [
        ([0x1F, 0x8B], "compressed with gzip", "gzip -dc"),
        ([0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0], "compressed with xz", "xz -dc"),
        ([0x28, 0xB5, 0x2F, 0xFD], "compressed with zstd", "zstd -dc"),
        ("BZh"u8.ToArray(), "compressed with bzip2", "bzip2 -dc"),
        ([0x04, 0x22, 0x4D, 0x18], "compressed with lz4", "lz4 -dc"),
        ("LZIP"u8.ToArray(), "compressed with lzip", "lzip -dc"),
        ([0x1F, 0x9D], "compressed with compress", "gzip -dc"),
        ([0x5D, 0, 0], "compressed with lzma", "xz -dc"),
        ("PK\x03\x04"u8.ToArray(), "a zip archive", "bsdtar -cf - @-"),
        ("0707"u8.ToArray(), "a cpio archive", "bsdtar -cf - @-"),
    ];

    public static string Describe(ReadOnlySpan<byte> start, string name)
    {
        foreach ((byte[] magic, string what, string command) in Known)
        {
            if (start.StartsWith(magic))
            {
                string source = name == "standard input" ? "FILE" : name;
                return $"{what}; unpack it on the way: {command} < {source} | mkfs.ext2u -d - IMAGE SIZE";
            }
        }

        return "neither a directory nor a tar";
    }
}
