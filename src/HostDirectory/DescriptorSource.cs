using Ext2Union.Linux.Descriptors;
using Ext2Union.Linux.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.HostDirectory;

/// <summary>
/// Opens what the cache has not: one openat for each ancestor that is not cached, from the nearest one that is. What is found must be the very object
/// (device, number and birth time), else the host changed behind us: ESTALE.
/// </summary>
internal sealed class DescriptorSource(DescriptorCache cache)
{
    // A path of 4096 bytes has fewer components; more means that the host's tree changed into a loop of stale places.
    private const int MaximumDepth = 4096;

    /// <summary>Lends an O_PATH descriptor. Errors: ESTALE, EMFILE, EACCES.</summary>
    public Errno BorrowPath(HostObject target, out DescriptorLease lease)
    {
        if (cache.TryBorrow(target, false, out lease))
        {
            return Errno.None;
        }

        List<HostObject> missing = [];
        HostObject at = target;
        do
        {
            missing.Add(at);
            if (at.Location is not { } location || missing.Count > MaximumDepth)
            {
                return Errno.ESTALE;
            }

            at = location.Parent;
        }
        while (!cache.TryBorrow(at, false, out lease));

        for (int i = missing.Count - 1; i >= 0; i--)
        {
            Errno error;
            DescriptorLease next;
            using (lease)
            {
                error = OpenPath(missing[i], lease.Descriptor, out next);
            }

            lease = next;
            if (error != Errno.None)
            {
                return error;
            }
        }

        return Errno.None;
    }

    /// <summary>Whether <see cref="BorrowPath"/> would open nothing.</summary>
    public bool IsPathOpen(HostObject target)
    {
        if (!cache.TryBorrow(target, false, out DescriptorLease lease))
        {
            return false;
        }

        lease.Dispose();
        return true;
    }

    /// <summary>Lends a descriptor of a file or directory that content can be read through. Errors: as above.</summary>
    public Errno BorrowContent(HostObject target, out DescriptorLease lease)
    {
        if (cache.TryBorrow(target, true, out lease))
        {
            return Errno.None;
        }

        Errno error = BorrowPath(target, out DescriptorLease path);
        if (error != Errno.None)
        {
            return error;
        }

        using (path)
        {
            error = OpenContent(target, path.Descriptor, out int descriptor);
            if (error == Errno.None)
            {
                lease = cache.Add(target, true, descriptor);
            }
        }

        return error;
    }

    /// <summary>Takes a root's descriptor over; it stays open for good.</summary>
    public void Adopt(HostObject root, int descriptor) => _ = cache.Add(root, false, descriptor);

    private Errno OpenPath(HostObject target, int parent, out DescriptorLease lease)
    {
        lease = default;
        Result<int> opened = EntryCalls.Open(parent, target.Location!.TerminatedName, EntryCalls.PathOnly);
        if (opened.Error is Errno.EMFILE or Errno.ENFILE)
        {
            cache.ShrinkTo(0);
            opened = EntryCalls.Open(parent, target.Location!.TerminatedName, EntryCalls.PathOnly);
        }

        if (!opened.TryGet(out int descriptor, out Errno error))
        {
            return error is Errno.ENOENT or Errno.ENOTDIR ? Errno.ESTALE : error;
        }

        error = EntryCalls.GetStatus(descriptor, "\0"u8, true, out EntryStatus status);
        if (error == Errno.None && !HostFileSystem.IsSame(target, in status))
        {
            error = Errno.ESTALE;
        }

        if (error != Errno.None)
        {
            DescriptorCalls.Close(descriptor);
            return error;
        }

        lease = cache.Add(target, false, descriptor);
        return Errno.None;
    }

    private Errno OpenContent(HostObject target, int path, out int descriptor)
    {
        // Reading for a union must not change the lower's access times; only the owner and root may ask for that.
        Result<int> opened = Try(EntryCalls.NoAccessTime);
        if (opened.Error == Errno.EPERM)
        {
            opened = Try(0);
        }

        if (opened.Error is Errno.EMFILE or Errno.ENFILE)
        {
            cache.ShrinkTo(0);
            opened = Try(0);
        }

        return opened.TryGet(out descriptor, out Errno error) ? Errno.None : error;

        Result<int> Try(int flags) => target.Kind == InodeKind.Directory
            ? EntryCalls.Open(path, ".\0"u8, EntryCalls.DirectoryOnly | flags)
            : EntryCalls.Reopen(path, EntryCalls.NonBlocking | flags);
    }
}
