using Ext2Union.Vfs;

namespace Ext2Union.HostDirectory;

/// <summary>One open descriptor of the cache. Guarded by the layer's lock.</summary>
internal sealed class CachedDescriptor(HostObject owner, bool forContent, int descriptor)
{
    public HostObject Owner { get; } = owner;
    public bool ForContent { get; } = forContent;
    public int Descriptor { get; } = descriptor;

    /// <summary>Calls that use it now; it is not closed before they are done.</summary>
    public int Pins { get; set; }
    /// <summary>Out of the cache: the last call that uses it closes it.</summary>
    public bool IsDoomed { get; set; }
    public CachedDescriptor? Newer { get; set; }
    public CachedDescriptor? Older { get; set; }

    /// <summary>Of a directory: one enumeration at a time, for the kernel keeps one position for each descriptor.</summary>
    public RankedLock EntryGate { get; } = new(LockRank.LayerLower);
}
