using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// Where a directory's twins lie, kept with the directory before its name moves: it then neither loses its lower content nor takes up a
/// stranger's at its new place. Requires: the tree lock is held.
/// </summary>
internal static class DirectoryOrigin
{
    // What a path of the kernel may have; the layer may have less room.
    private const int MaximumPathBytes = 4095;

    /// <summary>Whether an object may move at all: directories with lower content only where redirects are on.</summary>
    public static bool CanMove(Inode? inode) => inode is not UnionDirectory { Twins.Length: > 0 } directory || directory.State.Union.Options.Redirect;

    /// <summary>Stores what has to be known of an object that is about to move. Errors: EXDEV where that cannot be stored.</summary>
    public static Errno KeepBeforeMove(IUnionInode node)
    {
        if (node is not UnionDirectory directory)
        {
            return Errno.None;
        }

        UnionFileSystem union = directory.State.Union;
        Span<byte> path = stackalloc byte[MaximumPathBytes];
        int start = MaximumPathBytes;
        Errno error = Errno.None;
        if (directory.Twins.Length > 0)
        {
            error = PathBelow(directory, path, out start);
            error = error == Errno.None ? union.DirectoryCopyUp.MaterialiseLocked(directory) : error;
        }

        if (error != Errno.None)
        {
            return error;
        }

        LayerDirectory top = directory.Top!;
        error = top.GetOrigin(stackalloc byte[MaximumPathBytes], out OriginKind kind, out _);
        if (error != Errno.None || kind != OriginKind.Natural)
        {
            return error;
        }

        error = directory.Twins.Length == 0 ? top.SetOrigin(OriginKind.None, []) : top.SetOrigin(OriginKind.Redirect, path[start..]);
        return error is Errno.ENAMETOOLONG or Errno.EOPNOTSUPP or Errno.E2BIG or Errno.ERANGE ? Errno.EXDEV : error;
    }

    // Written from the end: the names on the way up to the root, or to the first directory that knows its path.
    private static Errno PathBelow(UnionDirectory directory, Span<byte> path, out int start)
    {
        Span<byte> stored = stackalloc byte[MaximumPathBytes];
        start = path.Length;
        for (UnionDirectory step = directory; step.State.Parent is { } parent; step = parent)
        {
            int length = 0;
            OriginKind kind = OriginKind.Natural;
            if (step.Top is { } top && top.GetOrigin(stored, out kind, out length) is var error and not Errno.None)
            {
                return error;
            }

            if (kind == OriginKind.Redirect)
            {
                return Prepend(stored[..length], path, ref start) ? Errno.None : Errno.EXDEV;
            }

            if (!Prepend(step.State.Name, path, ref start))
            {
                return Errno.EXDEV;
            }
        }

        return Errno.None;
    }

    private static bool Prepend(ReadOnlySpan<byte> part, Span<byte> path, ref int start)
    {
        bool isLast = start == path.Length;
        int length = part.Length + (isLast ? 0 : 1);
        if (length > start)
        {
            return false;
        }

        if (!isLast)
        {
            path[--start] = (byte)'/';
        }

        start -= part.Length;
        part.CopyTo(path[start..]);
        return true;
    }
}
