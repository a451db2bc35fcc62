using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs;

/// <summary>How a <see cref="TmpfsFileSystem"/> is made; the names are those of tmpfs(5).</summary>
public sealed record TmpfsOptions
{
    /// <summary><c>size=</c>: bytes of file content, rounded up to pages. Zero: half of the memory.</summary>
    public long SizeBytes { get; init; }
    /// <summary><c>nr_inodes=</c>: objects and marks together. Zero: one for each page of half of the memory.</summary>
    public long InodeCount { get; init; }
    /// <summary><c>mode=</c>: permission bits of the root.</summary>
    public uint Mode { get; init; } = 0x3FF;
    /// <summary><c>uid=</c>: owner of the root.</summary>
    public uint UserId { get; init; }
    /// <summary><c>gid=</c>: group of the root.</summary>
    public uint GroupId { get; init; }
    /// <summary>Where times come from.</summary>
    public Clock Clock { get; init; } = Clock.System;
    /// <summary>It will be a lower layer: its lock ranks below the top's.</summary>
    public bool AsLower { get; init; }
}
