using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <summary>
/// Access control lists over <see cref="XattrStore"/>: the form of the disk against that of the world, and list against mode. Guarded by the
/// volume's lock; changes as there.
/// </summary>
internal sealed class AclStore(Ext2Volume volume, XattrStore xattrs)
{
    private readonly byte[] disk = new byte[DiskAcl.MaximumBytes];
    private readonly byte[] world = new byte[PosixAcl.MaximumBytes];

    /// <summary>Reads a list. An empty buffer asks for the length. Errors: ENODATA, ERANGE, EIO, EUCLEAN.</summary>
    public Errno Get(InodeNumber number, in InodeLease inode, scoped XattrName name, Span<byte> buffer, out int length)
    {
        length = 0;
        Errno error = xattrs.Find(number, inode, name, out BlockLease lease, out ReadOnlySpan<byte> value);
        using (lease)
        {
            if (error != Errno.None)
            {
                return error;
            }

            error = DiskAcl.Read(value, buffer, out length);
            return error == Errno.EUCLEAN ? volume.Corrupt(number, BlockNumber.None, "has an access control list that is none") : error;
        }
    }

    /// <summary>
    /// Sets a list (kernel ext4_set_acl): one for access becomes the mode, and is kept only where it says more. Errors: EINVAL, EOPNOTSUPP for
    /// another version; EACCES for a default list of what is no directory; as <see cref="XattrStore.Set"/>.
    /// </summary>
    public Errno Set(InodeNumber number, in InodeLease inode, scoped XattrName name, ReadOnlySpan<byte> acl)
    {
        Errno error = PosixAcl.Check(acl);
        if (error != Errno.None)
        {
            return error;
        }

        bool isAccess = name.CompareTo(XattrName.AccessAcl) == 0;
        bool isEmpty = PosixAcl.CountOf(acl) == 0;
        if (!isAccess && inode.View.Kind != InodeKind.Directory)
        {
            return isEmpty ? Errno.None : Errno.EACCES;
        }

        bool isMode = PosixAcl.IsEquivalentToMode(acl, out uint permissions);
        error = isEmpty || (isAccess && isMode) ? Remove(number, inode, name) : Store(number, inode, name, acl);
        if (error == Errno.None && isAccess && !isEmpty)
        {
            inode.Raw.Mode = (ushort)((inode.Raw.Mode & ~0x1FFu) | permissions);
            inode.MarkDirty();
        }

        return error;
    }

    /// <summary>Removes a list; one that is not there is removed already. Errors: as <see cref="XattrStore.Remove"/> but ENODATA.</summary>
    public Errno Remove(InodeNumber number, in InodeLease inode, scoped XattrName name)
    {
        Errno error = xattrs.Remove(number, inode, name);
        return error == Errno.ENODATA ? Errno.None : error;
    }

    /// <summary>chmod: brings the access list, where there is one, to a new mode. Errors: as <see cref="XattrStore.Set"/>.</summary>
    public Errno ApplyMode(InodeNumber number, in InodeLease inode, uint mode)
    {
        Errno error = Get(number, inode, XattrName.AccessAcl, world, out int length);
        if (error != Errno.None)
        {
            return error == Errno.ENODATA ? Errno.None : error;
        }

        PosixAcl.ApplyMode(world.AsSpan(0, length), mode);
        return Store(number, inode, XattrName.AccessAcl, world.AsSpan(0, length));
    }

    /// <summary>Stores the lists of a new inode, whose mode follows them already. Errors: as <see cref="XattrStore.Set"/>.</summary>
    public Errno StoreNew(InodeNumber number, in InodeLease inode, in NewInode what)
    {
        Errno error = what.AccessAcl.IsEmpty ? Errno.None : Store(number, inode, XattrName.AccessAcl, what.AccessAcl);
        return error != Errno.None || what.DefaultAcl.IsEmpty ? error : Store(number, inode, XattrName.DefaultAcl, what.DefaultAcl);
    }

    private Errno Store(InodeNumber number, in InodeLease inode, scoped XattrName name, ReadOnlySpan<byte> acl) =>
        xattrs.Set(number, inode, name, disk.AsSpan(0, DiskAcl.Write(acl, disk)), XattrFlags.None);
}
