using Ext2Union.Linux.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.HostDirectory;

/// <summary>What inodes of every kind answer in the same way.</summary>
internal static class HostCalls
{
    private const int MaximumXattrNameBytes = 255;

    /// <summary>As <see cref="Inode.GetAttributes"/>. Opens nothing where the parent is open: a walk over a tree costs no descriptor for each file.</summary>
    public static Errno GetAttributes(HostObject shown, out Attributes attributes)
    {
        attributes = default;
        if (shown.IsHidden)
        {
            // Nothing of our own mount is known without asking it.
            attributes = new Attributes { Mode = ModeBits.Of(InodeKind.Directory, 0x16D), LinkCount = 2, BlockSize = 4096 };
        }
        else
        {
            Errno error = GetStatus(shown, out EntryStatus status);
            if (error != Errno.None)
            {
                return error;
            }

            attributes = status.Attributes;
        }

        attributes.Inode = shown.Number;
        attributes.Generation = shown.Generation;
        return Errno.None;
    }

    /// <summary>As <see cref="Inode.GetXattr"/>.</summary>
    public static Errno GetXattr(HostObject shown, ReadOnlySpan<byte> name, Span<byte> buffer, out int length)
    {
        length = 0;
        if (shown.IsHidden)
        {
            return Errno.ENODATA;
        }

        if (name.Length > MaximumXattrNameBytes)
        {
            return Errno.ERANGE;
        }

        Errno error = shown.FileSystem.Descriptors.BorrowPath(shown, out DescriptorLease lease);
        if (error != Errno.None)
        {
            return error;
        }

        Span<byte> terminatedName = stackalloc byte[MaximumXattrNameBytes + 1];
        name.CopyTo(terminatedName);
        terminatedName[name.Length] = 0;
        using (lease)
        {
            error = EntryCalls.GetXattr(lease.Descriptor, terminatedName, buffer, out length);
            if (error == Errno.ERANGE)
            {
                _ = EntryCalls.GetXattr(lease.Descriptor, terminatedName, [], out length);
            }
        }

        return error;
    }

    /// <summary>As <see cref="Inode.ListXattr"/>; a host without attributes lists none.</summary>
    public static Errno ListXattr(HostObject shown, Span<byte> buffer, out int length)
    {
        length = 0;
        if (shown.IsHidden)
        {
            return Errno.None;
        }

        Errno error = shown.FileSystem.Descriptors.BorrowPath(shown, out DescriptorLease lease);
        if (error != Errno.None)
        {
            return error;
        }

        using (lease)
        {
            error = EntryCalls.ListXattr(lease.Descriptor, buffer, out length);
            if (error == Errno.ERANGE)
            {
                _ = EntryCalls.ListXattr(lease.Descriptor, [], out length);
            }
        }

        return error == Errno.EOPNOTSUPP ? Errno.None : error;
    }

    private static Errno GetStatus(HostObject shown, out EntryStatus status)
    {
        HostFileSystem fileSystem = shown.FileSystem;
        if (shown.Location is not { } location || fileSystem.Descriptors.IsPathOpen(shown))
        {
            return OfDescriptor(shown, out status);
        }

        status = default;
        Errno error = fileSystem.Descriptors.BorrowPath(location.Parent, out DescriptorLease above);
        if (error != Errno.None)
        {
            return error;
        }

        using (above)
        {
            error = fileSystem.GetStatus(above.Descriptor, location.TerminatedName, out status, out bool isHidden);
            return error == Errno.ENOENT || (error == Errno.None && (isHidden || !HostFileSystem.IsSame(shown, in status))) ? Errno.ESTALE : error;
        }
    }

    private static Errno OfDescriptor(HostObject shown, out EntryStatus status)
    {
        status = default;
        Errno error = shown.FileSystem.Descriptors.BorrowPath(shown, out DescriptorLease lease);
        if (error != Errno.None)
        {
            return error;
        }

        using (lease)
        {
            return EntryCalls.GetStatus(lease.Descriptor, "\0"u8, false, out status);
        }
    }
}
