using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs;

/// <content>What the object is a copy of.</content>
internal sealed partial class InodeRecord
{
    private const int MaximumPathBytes = 4095;
    // What the fields of a record take on a disk; here it is charged the same, as an extended attribute.
    private const int CopyBytes = 60;

    private CopyNote? copy;

    /// <summary>Up to where missing blocks are the source's; 0 for what is no incomplete copy.</summary>
    public long RemainderLocked => copy?.Source.Remainder ?? 0;

    /// <summary>The file became shorter, or was emptied and is its own from now on.</summary>
    public void ShrinkRemainderLocked(long size)
    {
        if (copy is not null)
        {
            copy.Source.Remainder = Math.Min(copy.Source.Remainder, size);
        }
    }

    /// <summary>What it is a copy of, where it is one.</summary>
    public bool TryGetCopySourceLocked(out CopySource source)
    {
        source = copy?.Source ?? default;
        return copy is not null;
    }

    /// <summary>As <see cref="Inode.GetCopySource"/>.</summary>
    public Errno GetCopySource(Span<byte> path, out CopySource source, out int pathLength)
    {
        source = default;
        pathLength = 0;
        if (!FileSystem.HasCopies)
        {
            return Errno.ENODATA;
        }

        using RankedLock.Scope scope = FileSystem.Gate.Enter();
        if (copy is null)
        {
            return Errno.ENODATA;
        }

        source = copy.Source;
        pathLength = copy.Path.Length;
        return path.IsEmpty || copy.Path.AsSpan().TryCopyTo(path) ? Errno.None : Errno.ERANGE;
    }

    /// <summary>As <see cref="Inode.SetCopySource"/>; <paramref name="size"/> is that of a file, 0 for all else. Requires: the lock. Errors: EINVAL for a record that is none.</summary>
    public Errno SetCopySourceLocked(in CopySource source, ReadOnlySpan<byte> path, long size)
    {
        if (path.Length > MaximumPathBytes)
        {
            return Errno.ENAMETOOLONG;
        }

        // What was cut off meanwhile stays cut off.
        long remainder = copy is null ? source.Remainder : Math.Min(copy.Source.Remainder, source.Remainder);
        if (source.Layer == 0 || source.Inode == 0 || remainder < 0 || remainder > size)
        {
            return Errno.EINVAL;
        }

        int more = CopyBytes + path.Length - (copy is null ? 0 : CopyBytes + copy.Path.Length);
        if (!(xattrs ??= new XattrStore()).TryCharge(more))
        {
            return Errno.ENOSPC;
        }

        copy ??= new CopyNote();
        copy.Source = source;
        copy.Source.Remainder = remainder;
        copy.Path = path.SequenceEqual(copy.Path) ? copy.Path : path.ToArray();
        FileSystem.HasCopies = true;
        return Errno.None;
    }

    /// <summary>As <see cref="Inode.SetCopySource"/> for what is no file.</summary>
    public Errno SetCopySource(in CopySource source, ReadOnlySpan<byte> path)
    {
        using RankedLock.Scope scope = FileSystem.Gate.Enter();
        return SetCopySourceLocked(source, path, 0);
    }
}
