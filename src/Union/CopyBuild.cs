using System.Buffers;
using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// Makes the copy of a lower's file, symlink or special file on the top, without a name: data, attributes, and the record of what it is a copy of.
/// Nobody sees it before it is installed.
/// </summary>
internal static class CopyBuild
{
    private const int MaximumTargetBytes = 4096;
    private const int MaximumPathBytes = 4095;

    /// <summary>Makes the copy near a directory, with at most <paramref name="limit"/> bytes of data. Hands out a reference. Requires: the object is not on top.</summary>
    public static Errno Run(IUnionInode node, LayerDirectory home, long limit, out Inode? detached)
    {
        detached = null;
        Inode lower = node.State.Lower!;
        Errno error = lower.GetAttributes(out Attributes attributes);
        if (error != Errno.None || !CreateEmpty(lower, attributes, home).TryGet(out Inode copy, out error))
        {
            return error;
        }

        CopySource record = RecordOf(node);
        if (node is UnionFile file && Math.Min(limit, attributes.Size) > 0)
        {
            error = Furnish(file, (FileInode)copy, limit, attributes, ref record);
        }

        error = error == Errno.None && !record.IsIncomplete && node.State.Union.LayerNumbers.KeepsRecords ? Record(copy, record) : error;
        if (error == Errno.None)
        {
            error = AttributeCopy.Run(lower, copy, out _);
        }

        if (error != Errno.None)
        {
            copy.Release();
            return error;
        }

        detached = copy;
        return Errno.None;
    }

    private static Result<Inode> CreateEmpty(Inode lower, in Attributes attributes, LayerDirectory home)
    {
        var what = new NewInode
        {
            Mode = attributes.Mode,
            UserId = attributes.UserId,
            GroupId = attributes.GroupId,
            Device = attributes.Device,
            KeepParentTimes = true,
        };
        if (lower is not SymlinkInode symlink)
        {
            return home.CreateDetached(what);
        }

        byte[] target = new byte[MaximumTargetBytes];
        Errno error = symlink.ReadTarget(target, out int length);
        what.Target = target.AsSpan(0, length);
        return error == Errno.None ? home.CreateDetached(what) : error;
    }

    private static CopySource RecordOf(IUnionInode node)
    {
        ref UnionState state = ref node.State;
        return new CopySource
        {
            Layer = state.Union.LayerNumbers.Of(state.LowerPlace),
            Inode = state.Lower!.Number,
            Generation = state.Lower.Generation,
        };
    }

    // With its data, or with a note where that lies: then the copy is as long as its source and has none of it. A top that cannot note it gets the data.
    private static Errno Furnish(UnionFile file, FileInode copy, long limit, in Attributes attributes, ref CopySource record)
    {
        UnionFileSystem union = file.State.Union;
        bool isPartial = !union.CopiesData;
        Errno error = isPartial ? copy.SetSize(attributes.Size) : Errno.EOPNOTSUPP;
        if (error == Errno.None)
        {
            CopySource incomplete = record;
            incomplete.Remainder = attributes.Size;
            incomplete.Size = attributes.Size;
            incomplete.ModifyTime = attributes.ModifyTime;
            incomplete.ChangeTime = attributes.ChangeTime;
            error = RecordIncomplete(file.State.Lower!, copy, incomplete);
            if (error == Errno.None)
            {
                record = incomplete;
                return error;
            }
        }

        if (error is not (Errno.EOPNOTSUPP or Errno.ENAMETOOLONG or Errno.ERANGE))
        {
            return error;
        }

        union.CopiesData |= error == Errno.EOPNOTSUPP;
        // It is as long as its source by now, and a copy of part of it must not show more than that part.
        error = isPartial ? copy.SetSize(0) : Errno.None;
        return error == Errno.None ? FileDataCopy.Run(file, copy, Math.Min(limit, attributes.Size)) : error;
    }

    private static Errno RecordIncomplete(Inode lower, Inode copy, in CopySource record)
    {
        byte[] path = ArrayPool<byte>.Shared.Rent(MaximumPathBytes);
        Errno error = lower.FileSystem.GetSourcePath(lower, path.AsSpan(0, MaximumPathBytes), out int length);
        error = error == Errno.None ? copy.SetCopySource(record, path.AsSpan(0, length)) : error;
        ArrayPool<byte>.Shared.Return(path);
        return error;
    }

    // Before the attributes: an immutable inode takes no more. A top that cannot keep it keeps the copy all the same.
    private static Errno Record(Inode copy, in CopySource record)
    {
        Errno error = copy.SetCopySource(record, []);
        return error == Errno.EOPNOTSUPP ? Errno.None : error;
    }
}
