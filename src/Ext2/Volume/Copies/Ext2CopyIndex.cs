using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <summary>The index of copies of a volume (docs/FORMAT.md, "The index of copies"): a hidden directory of hard links. Each call takes the volume's lock.</summary>
internal sealed class Ext2CopyIndex(Ext2Volume volume) : CopyIndex
{
    // What IsEmpty reads without the lock. Only ever becomes false but when the directory is opened.
    private volatile bool isEmpty = true;

    /// <inheritdoc/>
    public override bool IsEmpty => isEmpty;

    /// <summary>The directory was looked for. Requires: the lock.</summary>
    public void Opened() => isEmpty = volume.IndexError == Errno.None && volume.IndexDirectory?.HasNoCopies() != false;

    /// <inheritdoc/>
    public override Result<Inode> Find(ushort layer, ulong inode)
    {
        Span<byte> name = stackalloc byte[CopyIndexName.Bytes];
        CopyIndexName.Format(layer, inode, name);
        using (volume.Gate.Enter())
        {
            return volume.IndexDirectory is { } directory ? directory.FindCopy(name)
                : volume.IndexError is var error and not (Errno.None or Errno.ENOTDIR) ? error
                : Errno.ENOENT;
        }
    }

    /// <inheritdoc/>
    public override Errno Put(ushort layer, ulong inode, Inode copy)
    {
        if (copy is not IExt2Inode known || known.Core.Volume != volume)
        {
            return Errno.EXDEV;
        }

        if (copy.Kind == InodeKind.Directory)
        {
            return Errno.EPERM;
        }

        Span<byte> name = stackalloc byte[CopyIndexName.Bytes];
        CopyIndexName.Format(layer, inode, name);
        if (!CopyIndexName.TryParse(name, out _, out _))
        {
            return Errno.EINVAL;
        }

        using (volume.Gate.Enter())
        {
            Errno error = volume.BeginChange();
            error = error == Errno.None ? volume.EnsureIndex() : error;
            error = error == Errno.ENOTDIR ? Errno.EOPNOTSUPP : error;
            error = error == Errno.None ? volume.IndexDirectory!.PutCopy(name, copy) : error;
            isEmpty &= error != Errno.None;
            return error;
        }
    }

    /// <inheritdoc/>
    public override Errno Remove(ushort layer, ulong inode)
    {
        Span<byte> name = stackalloc byte[CopyIndexName.Bytes];
        CopyIndexName.Format(layer, inode, name);
        using (volume.Gate.Enter())
        {
            Errno error = volume.BeginChange();
            return error != Errno.None ? error
                : volume.IndexDirectory is { } directory ? directory.TakeCopy(name)
                : Errno.ENOENT;
        }
    }
}
