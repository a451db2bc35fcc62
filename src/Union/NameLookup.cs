using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>Finds names in a directory of a union. Never writes. Requires: the tree lock is held.</summary>
internal static class NameLookup
{
    /// <summary>Finds a name's object. Hands out a reference.</summary>
    public static Result<Inode> Find(UnionDirectory directory, ReadOnlySpan<byte> name)
    {
        Errno error = Resolve(directory, name, out Found found);
        return error == Errno.None ? InodeFactory.Adopt(directory, name, found) : error;
    }

    /// <summary>Finds a name that a listing has just delivered. Hands out a reference.</summary>
    public static Result<Inode> FindListed(UnionDirectory directory, ReadOnlySpan<byte> name, ulong number, InodeKind kind)
    {
        UnionFileSystem union = directory.State.Union;
        if (union.Table.TryGet(number, out IUnionInode? node)
            && ReferenceEquals(node.State.Parent, directory)
            && !node.State.IsRemoved
            && name.SequenceEqual(node.State.Name))
        {
            node.Inode.Acquire();
            return node.Inode;
        }

        // Only where one layer alone has a say does its own shortcut answer for the union.
        if (directory.State.IsRemoved || directory.IsMerged || !union.Identities.TrySplit(number, out int layer, out ulong inode))
        {
            return Find(directory, name);
        }

        bool isTop = directory.Top is not null;
        if (layer != (isTop ? 0 : directory.Twins[0].Layer))
        {
            return Find(directory, name);
        }

        Result<Inode> listed = ((DirectoryInode)directory.State.Current).LookupListed(name, inode, kind);
        return listed.TryGet(out Inode found, out Errno error)
            ? InodeFactory.Adopt(directory, name, new Found(found, layer, isTop ? -1 : 0))
            : error;
    }

    /// <summary>Finds the highest layer inode of a name. Errors: ENOENT.</summary>
    public static Errno Resolve(UnionDirectory directory, ReadOnlySpan<byte> name, out Found found)
    {
        found = default;
        if (directory.State.IsRemoved)
        {
            return Errno.ENOENT;
        }

        if (directory.Top is { } top)
        {
            Errno error = LayerStack.Ask(top, name, out Verdict verdict, out Inode? inode);
            if (error != Errno.None)
            {
                return error;
            }

            if (verdict is Verdict.Here or Verdict.HereAndBelow)
            {
                found = new Found(inode!, 0, -1);
                return Errno.None;
            }

            if (verdict == Verdict.Nothing)
            {
                return Errno.ENOENT;
            }
        }

        return LayerStack.Find(directory.Twins, 0, name, out found);
    }
}
