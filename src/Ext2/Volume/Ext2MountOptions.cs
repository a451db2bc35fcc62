using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <summary>How a volume is mounted.</summary>
public sealed record Ext2MountOptions
{
    /// <summary>Nothing is changed, not even a time in the superblock. A device that cannot be written to implies it.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>It is a lower layer of a union: read-only, its lock ranks below the top's, and a volume that was not unmounted cleanly is refused.</summary>
    public bool IsLower { get; init; }

    /// <summary>Where times come from.</summary>
    public Clock Clock { get; init; } = Clock.System;

    /// <summary>Where corruption is reported.</summary>
    public EventLog Log { get; init; } = EventLog.Silent;

    /// <summary>What to do on corruption.</summary>
    public ErrorsPolicy Errors { get; init; }

    /// <summary>Memory for metadata blocks, bytes.</summary>
    public long CacheBytes { get; init; } = BlockCache.DefaultCapacityBytes;

    /// <summary>What s_last_mounted shall say, UTF-8; empty leaves it.</summary>
    public string MountPoint { get; init; } = "";

    /// <summary>Generation of the first inode made; random when null. Images that shall come out the same from run to run set it.</summary>
    public uint? FirstGeneration { get; init; }
}
