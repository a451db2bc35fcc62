namespace Ext2Union.Model.Tests.Tree;

/// <summary>In what file systems may differ and still be right.</summary>
internal sealed record Abilities
{
    /// <summary>RENAME_EXCHANGE works (ext2 of the kernel: EINVAL).</summary>
    public bool Exchanges { get; init; } = true;

    /// <summary>fallocate(2) makes holes (ext2 of the kernel: EOPNOTSUPP).</summary>
    public bool Punches { get; init; } = true;

    /// <summary>fallocate(2) does the rest too (ext4 of the kernel on a volume without extents: EOPNOTSUPP).</summary>
    public bool Allocates { get; init; } = true;

    /// <summary>fallocate(2) keeps blocks behind the end of a file; ext2 has no means to (e2fsck(8) takes them away).</summary>
    public bool ReservesBehindEnd { get; init; } = true;

    /// <summary>A descriptor that was opened for writing before its file became immutable still writes (ext4 of the kernel: EPERM).</summary>
    public bool WritesImmutableByDescriptor { get; init; } = true;

    /// <summary>The same with ftruncate(2), which everybody but ext2 of the kernel refuses.</summary>
    public bool ResizesImmutableByDescriptor { get; init; }

    /// <summary>
    /// Who writes to a file of a group that is not theirs takes the set-group-id bit away also where the group may not execute it. FUSE tells its file systems
    /// (linux/fuse.h, FUSE_HANDLE_KILLPRIV_V2) to look at the execute bit alone, for they do not know who belongs to which group.
    /// </summary>
    public bool KnowsGroups { get; init; }

    /// <summary>Directories of several layers show a link count of 1.</summary>
    public bool MergesDirectories { get; init; }

    /// <summary>Nanoseconds between two times that can be told apart.</summary>
    public uint TimeGranularity { get; init; } = 1;
}
