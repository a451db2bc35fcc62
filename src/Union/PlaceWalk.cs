using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// One walk through a union, as listing shows it and without writing: which number stands in which directory. Names are not kept but those of the directories still
/// to be entered on the way to where the walk is; what cannot be read is left out. Objects numbered by the top are left out too, but directories: the top finds them by their number.
/// </summary>
internal sealed class PlaceWalk : DirectorySink
{
    private readonly UnionFileSystem union;
    private readonly List<ulong> numbers = [];
    private readonly List<ulong> parents = [];
    private readonly Stack<Level> levels = new();

    // A damaged lower can show a directory at several places, inside itself too: each is entered once.
    private readonly HashSet<ulong> entered = [];

    private PlaceWalk(UnionFileSystem union) => this.union = union;

    /// <summary>Walks. The numbers seen, sorted, and for each the number of the directory it was seen in. Requires: the tree lock is not held.</summary>
    public static (ulong[] Numbers, ulong[] Parents) Run(UnionFileSystem union)
    {
        var walk = new PlaceWalk(union);
        union.Root.Acquire();
        _ = walk.entered.Add(union.Root.Number);
        walk.Enter((UnionDirectory)union.Root);
        while (walk.levels.TryPeek(out Level? level))
        {
            if (level.Names.TryPop(out byte[]? name))
            {
                if (walk.Find(level.Directory, name) is not { } below)
                {
                    continue;
                }

                if (walk.entered.Add(below.Number))
                {
                    walk.Enter(below);
                }
                else
                {
                    below.Release();
                }
            }
            else
            {
                _ = walk.levels.Pop();
                level.Directory.Release();
            }
        }

        ulong[] numbers = [.. walk.numbers];
        ulong[] parents = [.. walk.parents];
        Array.Sort(numbers, parents);
        return (numbers, parents);
    }

    /// <inheritdoc/>
    public override bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie)
    {
        Level level = levels.Peek();
        if (kind == InodeKind.Directory)
        {
            level.Names.Push(name.ToArray());
        }

        bool isTop = union.Identities.TrySplit(inode, out int place, out _) && place == 0;
        if (!isTop || kind == InodeKind.Directory)
        {
            numbers.Add(inode);
            parents.Add(level.Directory.Number);
        }

        return true;
    }

    // Consumes the reference.
    private void Enter(UnionDirectory directory)
    {
        levels.Push(new Level(directory));
        using (union.Tree.Enter())
        {
            _ = directory.State.IsRemoved ? Errno.ENOENT : Listing.Look(directory, this);
        }
    }

    private UnionDirectory? Find(UnionDirectory directory, byte[] name)
    {
        Inode? found;
        using (union.Tree.Enter())
        {
            _ = NameLookup.Find(directory, name).TryGet(out found, out _);
        }

        if (found is UnionDirectory below)
        {
            return below;
        }

        found?.Release();
        return null;
    }

    private sealed class Level(UnionDirectory directory)
    {
        public UnionDirectory Directory { get; } = directory;

        public Stack<byte[]> Names { get; } = new();
    }
}
