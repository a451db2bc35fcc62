using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// Makes the copy of a lower's file, symlink or special file on the top, without a name: data, attributes, and the record of what it is a copy of.
/// Nobody sees it before it is installed.
/// </summary>
internal static class CopyBuild
{
    private const int MaximumTargetBytes = 4096;

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

        if (lower is FileInode file)
        {
            error = FileDataCopy.Run(file, (FileInode)copy, Math.Min(limit, attributes.Size));
        }

        error = error == Errno.None ? Record(node, copy) : error;
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

    // Before the attributes: an immutable inode takes no more. A top that cannot keep it keeps the copy all the same.
    private static Errno Record(IUnionInode node, Inode copy)
    {
        ref UnionState state = ref node.State;
        var source = new CopySource
        {
            Layer = state.Union.LayerNumbers.Of(state.LowerPlace),
            Inode = state.Lower!.Number,
            Generation = state.Lower.Generation,
        };
        Errno error = copy.SetCopySource(source, []);
        return error == Errno.EOPNOTSUPP ? Errno.None : error;
    }
}
