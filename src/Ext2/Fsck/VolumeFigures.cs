namespace Ext2Union.Ext2.Fsck;

/// <summary>The figures of the last lines of a check. Of a volume that was believed to be clean only the first four are known.</summary>
public sealed record VolumeFigures
{
    /// <summary>Inodes in use, reserved ones included.</summary>
    public required long UsedInodes { get; init; }

    /// <summary>All inodes.</summary>
    public required long Inodes { get; init; }

    /// <summary>Blocks in use.</summary>
    public required long UsedBlocks { get; init; }

    /// <summary>All blocks.</summary>
    public required long Blocks { get; init; }

    /// <summary>False: the volume said that it is clean and was believed.</summary>
    public bool IsChecked { get; init; }

    /// <summary>Files and directories whose blocks do not follow each other.</summary>
    public long NonContiguous { get; init; }

    /// <summary>Directories.</summary>
    public long Directories { get; init; }

    /// <summary>Whiteouts.</summary>
    public long Whiteouts { get; init; }

    /// <summary>Fallthrus.</summary>
    public long Fallthrus { get; init; }

    /// <summary>Opaque directories.</summary>
    public long OpaqueDirectories { get; init; }

    /// <summary>Files that take what they lack from a layer below.</summary>
    public long IncompleteFiles { get; init; }

    /// <summary>Entries of the index of copies.</summary>
    public long IndexEntries { get; init; }

    internal static VolumeFigures Of(CheckedVolume volume, InodeFacts? facts)
    {
        VolumeStatistics statistics = facts?.Statistics ?? new VolumeStatistics();
        return new VolumeFigures
        {
            UsedInodes = (long)volume.Superblock.InodesCount - volume.Superblock.FreeInodesCount,
            Inodes = volume.Superblock.InodesCount,
            UsedBlocks = (long)volume.Superblock.BlocksCount - volume.Superblock.FreeBlocksCount,
            Blocks = volume.Superblock.BlocksCount,
            IsChecked = facts is not null,
            NonContiguous = statistics.FragmentedFiles + statistics.FragmentedDirectories,
            Directories = facts?.Directories.Count ?? 0,
            Whiteouts = statistics.Whiteouts,
            Fallthrus = statistics.Fallthrus,
            OpaqueDirectories = statistics.OpaqueDirectories,
            IncompleteFiles = statistics.IncompleteFiles,
            IndexEntries = statistics.IndexEntries,
        };
    }
}
