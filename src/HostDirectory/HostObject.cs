using Ext2Union.Vfs;

namespace Ext2Union.HostDirectory;

/// <summary>What inodes of all kinds have in common: identity, place and the descriptors that are open now.</summary>
internal sealed class HostObject(HostFileSystem fileSystem, HostKey key, ulong number, uint generation, InodeKind kind)
{
    private volatile HostLocation? location;

    public HostFileSystem FileSystem { get; } = fileSystem;
    public HostKey Key { get; } = key;
    public ulong Number { get; } = number;
    public uint Generation { get; } = generation;
    public InodeKind Kind { get; } = kind;

    /// <summary>Our own mount seen from below: shown as an empty directory, never asked.</summary>
    public bool IsHidden { get; init; }

    /// <summary>Where it was last seen; null for the root. Written under the layer's lock.</summary>
    public HostLocation? Location
    {
        get => location;
        set => location = value;
    }

    /// <summary>The inode that shows it; set once, before anyone else sees it.</summary>
    public Inode Inode { get; set; } = null!;

    /// <summary>Its place in the table is gone. Guarded by the layer's lock.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>An O_PATH descriptor, if one is cached. Guarded by the layer's lock.</summary>
    public CachedDescriptor? PathDescriptor { get; set; }

    /// <summary>A descriptor that content can be read through, if one is cached. Guarded by the layer's lock.</summary>
    public CachedDescriptor? ContentDescriptor { get; set; }
}
