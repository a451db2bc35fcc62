using System.Buffers;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <summary>What inodes of all kinds answer about the object they are copies of (docs/FORMAT.md, "Copies"). The public calls take the volume's lock.</summary>
internal static class CopyRequests
{
    // What a block of attributes needs beside one value: its header, the entry with its name, and the end of the list.
    private const int OverheadBytes = 32 + 28 + 4;

    /// <summary>As <see cref="Inode.GetCopySource"/>.</summary>
    public static Errno Get(ref InodeCore core, Span<byte> path, out CopySource source, out int pathLength)
    {
        source = default;
        pathLength = 0;
        Ext2Volume volume = core.Volume;
        if (!volume.HasCopies)
        {
            return Errno.ENODATA;
        }

        using (volume.Gate.Enter())
        {
            using InodeLease inode = volume.ReadInode(core.Number);
            return inode.Error == Errno.None ? Read(volume, core.Number, inode, path, out source, out pathLength) : inode.Error;
        }
    }

    /// <summary>The record of an inode. Requires: the lock. Errors: ENODATA, ERANGE, EUCLEAN, EIO.</summary>
    public static Errno Read(Ext2Volume volume, InodeNumber number, in InodeLease inode, Span<byte> path, out CopySource source, out int pathLength)
    {
        source = default;
        pathLength = 0;
        Errno error = volume.Xattrs.Find(number, inode, XattrName.Copy, out BlockLease lease, out ReadOnlySpan<byte> value);
        using (lease)
        {
            if (error != Errno.None)
            {
                return error;
            }

            CopyRecordFault fault = CopyRecord.Read(value, out source, out ReadOnlySpan<byte> stored);
            fault = fault == CopyRecordFault.None && source.IsIncomplete && inode.View.Kind != InodeKind.File ? CopyRecordFault.IncompleteKind : fault;
            if (fault != CopyRecordFault.None)
            {
                source = default;
                return volume.Corrupt(number, BlockNumber.None, $"has a record of its source that is not sound ({fault})");
            }

            pathLength = stored.Length;
            return path.IsEmpty || stored.TryCopyTo(path) ? Errno.None : Errno.ERANGE;
        }
    }

    /// <summary>As <see cref="Inode.SetCopySource"/>. Errors: also EINVAL for a record that no such inode can have.</summary>
    public static Errno Set(ref InodeCore core, in CopySource source, ReadOnlySpan<byte> path) => Set(ref core, source, path, out _);

    /// <summary>The same; tells which remainder was stored: what was cut off since a record was read stays cut off.</summary>
    public static Errno Set(ref InodeCore core, in CopySource source, ReadOnlySpan<byte> path, out long remainder)
    {
        remainder = 0;
        Ext2Volume volume = core.Volume;
        int bytes = CopyRecord.BytesOf(source, path.Length);
        if (path.Length > CopyRecord.MaximumPathBytes || bytes > volume.Geometry.BlockBytes - OverheadBytes)
        {
            return Errno.ENAMETOOLONG;
        }

        if (CopyRecord.FaultOf(source, path) != CopyRecordFault.None)
        {
            return Errno.EINVAL;
        }

        using (volume.Gate.Enter())
        {
            Errno error = volume.BeginChange();
            error = error == Errno.None && (source.IsIncomplete || source.IsIndexed) ? volume.EnsureFeature(IncompatFeatures.Fallthru) : error;
            if (error != Errno.None)
            {
                return error;
            }

            using InodeLease inode = volume.ReadInode(core.Number);
            CopySource stored = source;
            error = inode.Error == Errno.None ? KeepSmaller(volume, core.Number, inode, ref stored.Remainder) : inode.Error;
            remainder = stored.Remainder;
            error = error != Errno.None ? error
                : CopyRecord.FaultFor(stored, inode.View.Kind, inode.View.Size) != CopyRecordFault.None ? Errno.EINVAL
                : Store(volume, core.Number, inode, stored, path);
            if (error == Errno.None)
            {
                core.Epoch = volume.Epoch;
                volume.HasCopies = true;
            }

            return error;
        }
    }

    private static Errno KeepSmaller(Ext2Volume volume, InodeNumber number, in InodeLease inode, ref long remainder)
    {
        Errno error = Read(volume, number, inode, [], out CopySource old, out _);
        remainder = error == Errno.None ? Math.Min(Math.Min(old.Remainder, inode.View.Size), remainder) : remainder;
        return error == Errno.ENODATA ? Errno.None : error;
    }

    /// <summary>Writes a record that is sound. Requires: the lock, a change that was begun. Errors: ENOSPC, EIO, EUCLEAN.</summary>
    public static Errno Store(Ext2Volume volume, InodeNumber number, in InodeLease inode, in CopySource source, ReadOnlySpan<byte> path)
    {
        byte[]? rented = null;
        int bytes = CopyRecord.BytesOf(source, path.Length);
        Span<byte> value = bytes <= 256 ? stackalloc byte[256] : rented = ArrayPool<byte>.Shared.Rent(bytes);
        _ = CopyRecord.Write(source, path, value);
        Errno error = volume.Xattrs.Set(number, inode, XattrName.Copy, value[..bytes], XattrFlags.None);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return error;
    }
}
