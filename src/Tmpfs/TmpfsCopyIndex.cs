using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs;

/// <summary>The index of copies: each entry is a link of its copy. Guarded by the file system's lock, which every method takes.</summary>
internal sealed class TmpfsCopyIndex(TmpfsFileSystem fileSystem) : CopyIndex
{
    private readonly Dictionary<(ushort Layer, ulong Inode), ITmpfsInode> copies = [];

    // What IsEmpty reads without the lock.
    private volatile int count;

    /// <inheritdoc/>
    public override bool IsEmpty => count == 0;

    /// <inheritdoc/>
    public override Result<Inode> Find(ushort layer, ulong inode)
    {
        using RankedLock.Scope scope = fileSystem.Gate.Enter();
        if (!copies.TryGetValue((layer, inode), out ITmpfsInode? copy))
        {
            return Errno.ENOENT;
        }

        copy.AsInode.Acquire();
        return copy.AsInode;
    }

    /// <inheritdoc/>
    public override Errno Put(ushort layer, ulong inode, Inode copy)
    {
        if (copy is not ITmpfsInode known || known.Record.FileSystem != fileSystem)
        {
            return Errno.EXDEV;
        }

        using RankedLock.Scope scope = fileSystem.Gate.Enter();
        InodeRecord record = known.Record;
        Errno error = record.Kind == InodeKind.Directory ? Errno.EPERM
            : layer == 0 || inode == 0 ? Errno.EINVAL
            : copies.ContainsKey((layer, inode)) ? Errno.EEXIST
            : record.LinkCount >= InodeRecord.MaximumLinks ? Errno.EMLINK
            : Errno.None;
        if (error == Errno.None)
        {
            copies.Add((layer, inode), known);
            count = copies.Count;
            record.LinkCount++;
            record.IsRemoved = false;
        }

        return error;
    }

    /// <inheritdoc/>
    public override Errno Remove(ushort layer, ulong inode)
    {
        using RankedLock.Scope scope = fileSystem.Gate.Enter();
        if (!copies.Remove((layer, inode), out ITmpfsInode? copy))
        {
            return Errno.ENOENT;
        }

        count = copies.Count;
        InodeRecord record = copy.Record;
        record.LinkCount--;
        if (record.LinkCount == 0)
        {
            record.IsRemoved = true;
            fileSystem.FreeIfUnused(copy);
        }

        return Errno.None;
    }
}
