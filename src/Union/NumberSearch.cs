using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// Finds objects by number, for handles that outlived the lookup (NFS). What is alive is found at once; what lies on top is found through the
/// top; a directory of a lower is found by climbing to a directory that is alive and walking down again, so that it gets its place.
/// A file that lies in a lower and is not alive is found only by its copy in the index, or where it can never be copied up: its number does not tell its name
/// (<see cref="PlaceSearch"/> finds it then).
/// Requires: the tree lock is held.
/// </summary>
internal static class NumberSearch
{
    /// <summary>Finds an object. Hands out a reference. Errors: ESTALE.</summary>
    public static Result<Inode> Find(UnionFileSystem union, ulong number)
    {
        if (union.Table.TryGet(number, out IUnionInode? node))
        {
            node.Inode.Acquire();
            return node.Inode;
        }

        if (!union.Identities.TrySplit(number, out int place, out ulong inode)
            || union.LayerOf(place) is not { } fileSystem
            || !fileSystem.Find(inode).TryGet(out Inode found, out _))
        {
            return Errno.ESTALE;
        }

        Result<Inode> result;
        if (found is DirectoryInode directory)
        {
            result = Reach(union, place, directory);
            found.Release();
        }
        else
        {
            result = InodeFactory.AdoptNameless(union, found, place);
        }

        // What was found may go by another number, for it is a copy.
        return result.TryGet(out Inode reached, out _) && (reached.Number != number || IsPlaceless(union, (IUnionInode)reached)) ? Refuse(reached) : result;
    }

    // It lies in a lower, and could not be given a name on the top if it were copied there.
    private static bool IsPlaceless(UnionFileSystem union, IUnionInode node) => union.Top is not null && node.State is { Top: null, Parent: null };

    private static Errno Refuse(Inode found)
    {
        found.Release();
        return Errno.ESTALE;
    }

    // Climbs to a directory that is alive (the root is), remembering the way, and looks the names up from there.
    private static Result<Inode> Reach(UnionFileSystem union, int layer, DirectoryInode directory)
    {
        var way = new Stack<byte[]>();

        // The directories of a damaged layer can stand above each other.
        var climbed = new HashSet<ulong>();
        directory.Acquire();
        DirectoryInode step = directory;
        IUnionInode? alive;
        while (!IsAlive(union, layer, step, out alive))
        {
            if (!climbed.Add(step.Number))
            {
                step.Release();
                return Errno.ESTALE;
            }

            if (!step.Parent().TryGet(out DirectoryInode parent, out Errno error))
            {
                step.Release();
                return error;
            }

            var search = new NameOf(step.Number);
            error = parent.Enumerate(0, search);
            step.Release();
            step = parent;
            if (error != Errno.None || search.Name is null)
            {
                step.Release();
                return Errno.ESTALE;
            }

            way.Push(search.Name);
        }

        step.Release();
        return Descend(alive!, way);
    }

    private static bool IsAlive(UnionFileSystem union, int layer, DirectoryInode directory, out IUnionInode? alive)
    {
        ulong number = directory.Number == union.LayerOf(layer)!.Root.Number
            ? NumberSpace.Root
            : union.Identities.NumberOf(layer, directory.Number);
        return union.Table.TryGet(number, out alive);
    }

    private static Result<Inode> Descend(IUnionInode start, Stack<byte[]> way)
    {
        Inode reached = start.Inode;
        reached.Acquire();
        while (way.TryPop(out byte[]? name))
        {
            Result<Inode> next = reached is UnionDirectory directory ? NameLookup.Find(directory, name) : Errno.ESTALE;
            reached.Release();
            if (!next.TryGet(out reached, out Errno error))
            {
                return error == Errno.ENOENT ? Errno.ESTALE : error;
            }
        }

        return reached;
    }
}
