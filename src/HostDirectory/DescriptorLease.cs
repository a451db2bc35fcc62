namespace Ext2Union.HostDirectory;

/// <summary>A descriptor that stays open until this is disposed.</summary>
internal readonly ref struct DescriptorLease(DescriptorCache cache, CachedDescriptor cached)
{
    public int Descriptor => cached.Descriptor;
    public CachedDescriptor Cached => cached;

    public void Dispose() => cache.Return(cached);
}
