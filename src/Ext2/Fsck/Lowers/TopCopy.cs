using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>An indexed copy of the top, while the names of its source are counted.</summary>
internal sealed class TopCopy
{
    /// <summary>Its inode.</summary>
    public required uint Inode { get; init; }

    /// <summary>What it is.</summary>
    public required InodeKind Kind { get; init; }

    /// <summary>Its own creation, which is that of its source where both can say so.</summary>
    public required Timestamp BirthTime { get; init; }

    /// <summary>Its record.</summary>
    public required CopySource Record { get; init; }

    /// <summary>The path in its record.</summary>
    public required byte[] Path { get; init; }

    /// <summary>Names that lead to it from below.</summary>
    public uint Names { get; set; }
}
