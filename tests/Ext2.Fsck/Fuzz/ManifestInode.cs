namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>What a user of a volume sees of one inode, read by <see cref="ManifestReader"/>.</summary>
internal sealed class ManifestInode(uint number)
{
    public uint Number { get; } = number;

    public int Mode { get; init; }
    public uint Owner { get; init; }
    public uint Group { get; init; }
    public ulong Size { get; init; }
    public int Links { get; init; }
    public uint Flags { get; init; }
    public uint Generation { get; init; }

    /// <summary>Access, change and modification time in seconds.</summary>
    public uint[] Times { get; init; } = [];

    /// <summary>What lies behind the first 128 bytes before attributes: nanoseconds and creation time. Empty in small inodes.</summary>
    public string ExtraTimes { get; init; } = "";

    /// <summary>Target of a symbolic link, numbers of a device; else empty.</summary>
    public string Target { get; set; } = "";

    /// <summary>Block in the file to block of the volume, holes left out.</summary>
    public SortedDictionary<uint, uint> Blocks { get; } = [];

    /// <summary>Indirect blocks with their level (1 = holds numbers of data blocks).</summary>
    public List<(uint Block, int Level)> Indirect { get; } = [];

    /// <summary>"namespace:name" to the value in hexadecimal digits.</summary>
    public SortedDictionary<string, string> Attributes { get; } = [];

    public uint AttributeBlock { get; init; }

    /// <summary>Names that lead here, found in reachable directories.</summary>
    public List<TreeName> Names { get; } = [];

    public int Kind => Mode >> 12;

    public bool IsDirectory => Kind == 4;
    public bool IsRegular => Kind == 8;
    public bool IsSymlink => Kind == 10;

    public string KindName => Kind switch
    {
        1 => "fifo",
        2 => "character device",
        4 => "directory",
        6 => "block device",
        8 => "file",
        10 => "symbolic link",
        12 => "socket",
        _ => $"kind {Kind}",
    };
}
