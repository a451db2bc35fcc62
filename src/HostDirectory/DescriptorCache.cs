using Ext2Union.Linux.Descriptors;
using Ext2Union.Vfs;

namespace Ext2Union.HostDirectory;

/// <summary>The open descriptors of a layer: the most recently used ones, at most <paramref name="capacity"/> beside those in use this moment.</summary>
internal sealed class DescriptorCache(RankedLock gate, int capacity)
{
    private CachedDescriptor? newest;
    private CachedDescriptor? oldest;
    private int count;

    /// <summary>Descriptors open now.</summary>
    public int Count
    {
        get
        {
            using RankedLock.Scope scope = gate.Enter();
            return count;
        }
    }

    /// <summary>Lends a descriptor that is open already.</summary>
    public bool TryBorrow(HostObject owner, bool forContent, out DescriptorLease lease)
    {
        using RankedLock.Scope scope = gate.Enter();
        CachedDescriptor? cached = forContent ? owner.ContentDescriptor : owner.PathDescriptor;
        lease = default;
        if (cached is null)
        {
            return false;
        }

        cached.Pins++;
        if (newest != cached)
        {
            Unlink(cached);
            LinkNewest(cached);
        }

        lease = new DescriptorLease(this, cached);
        return true;
    }

    /// <summary>Takes a descriptor over and lends it. Where another thread was faster, its descriptor is lent and this one closed.</summary>
    public DescriptorLease Add(HostObject owner, bool forContent, int descriptor)
    {
        using RankedLock.Scope scope = gate.Enter();
        if (TryBorrow(owner, forContent, out DescriptorLease lease))
        {
            DescriptorCalls.Close(descriptor);
            return lease;
        }

        CachedDescriptor cached = new(owner, forContent, descriptor) { Pins = 1 };
        SetOf(owner, forContent, cached);
        LinkNewest(cached);
        count++;
        Shrink(capacity);
        return new DescriptorLease(this, cached);
    }

    /// <summary>Ends a loan.</summary>
    public void Return(CachedDescriptor cached)
    {
        using RankedLock.Scope scope = gate.Enter();
        cached.Pins--;
        if (cached.IsDoomed && cached.Pins == 0)
        {
            DescriptorCalls.Close(cached.Descriptor);
        }
        else if (count > capacity)
        {
            Shrink(capacity);
        }
    }

    /// <summary>Closes what is not in use down to a number: the process has no descriptor left.</summary>
    public void ShrinkTo(int limit)
    {
        using RankedLock.Scope scope = gate.Enter();
        Shrink(limit);
    }

    /// <summary>Drops the descriptors of an object. Requires: the lock.</summary>
    public void ForgetLocked(HostObject owner)
    {
        Drop(owner.PathDescriptor);
        Drop(owner.ContentDescriptor);
    }

    private static void SetOf(HostObject owner, bool forContent, CachedDescriptor? cached)
    {
        if (forContent)
        {
            owner.ContentDescriptor = cached;
        }
        else
        {
            owner.PathDescriptor = cached;
        }
    }

    private void Shrink(int limit)
    {
        for (CachedDescriptor? at = oldest; at is not null && count > limit;)
        {
            CachedDescriptor? newer = at.Newer;
            if (at.Pins == 0)
            {
                Drop(at);
            }

            at = newer;
        }
    }

    private void Drop(CachedDescriptor? cached)
    {
        if (cached is null)
        {
            return;
        }

        Unlink(cached);
        count--;
        SetOf(cached.Owner, cached.ForContent, null);
        cached.IsDoomed = true;
        if (cached.Pins == 0)
        {
            DescriptorCalls.Close(cached.Descriptor);
        }
    }

    private void LinkNewest(CachedDescriptor cached)
    {
        cached.Older = newest;
        cached.Newer = null;
        if (newest is not null)
        {
            newest.Newer = cached;
        }

        newest = cached;
        oldest ??= cached;
    }

    private void Unlink(CachedDescriptor cached)
    {
        if (cached.Newer is null)
        {
            newest = cached.Older;
        }
        else
        {
            cached.Newer.Older = cached.Older;
        }

        if (cached.Older is null)
        {
            oldest = cached.Newer;
        }
        else
        {
            cached.Older.Newer = cached.Newer;
        }
    }
}
