using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests.Tree;

/// <summary>
/// What a user of the mount sees: a plain tree, whatever the layers are. That is the specification of a union in one sentence, and the
/// calls of <c>ModelCalls</c> say what each of them answers on such a tree.
/// </summary>
internal sealed class ModelTree
{
    /// <summary>The root.</summary>
    public ModelDirectory Root { get; private init; } = NewRoot();

    /// <summary>A moment before the present call: what it touches is not older.</summary>
    public Timestamp Now { get; set; }

    /// <summary>
    /// Puts trees on top of each other, highest first, as the union does: the first object of a name that is no directory is the answer, directories
    /// of one name become one with the attributes of the highest, and a file below a directory of its name ends the search. Objects are moved, not copied.
    /// </summary>
    public static ModelTree Merge(IReadOnlyList<ModelTree> layers) =>
        layers.Count == 1 ? layers[0] : new ModelTree { Root = Merge([.. layers.Select(layer => layer.Root)]) };

    /// <summary>Every path below the root, and what is there.</summary>
    public IEnumerable<(string Path, ModelInode Inode)> Walk() => Walk("", Root);

    private static ModelDirectory NewRoot()
    {
        var root = new ModelDirectory(0x1ED, 0, 0);
        root.Parent = root;
        return root;
    }

    private static ModelDirectory Merge(List<ModelDirectory> twins)
    {
        ModelDirectory merged = twins[0];
        if (twins.Count == 1)
        {
            return merged;
        }

        foreach (string name in twins.SelectMany(twin => twin.Entries.Keys).Distinct().ToArray())
        {
            List<ModelInode> found = [.. twins.Select(twin => twin.Entries.GetValueOrDefault(name)).OfType<ModelInode>()];
            List<ModelDirectory> directories = [.. found.TakeWhile(inode => inode.Directory is not null).Cast<ModelDirectory>()];
            merged.Entries[name] = directories.Count == 0 ? found[0] : Merge(directories);
            if (merged.Entries[name] is ModelDirectory child)
            {
                child.Parent = merged;
            }
        }

        return merged;
    }

    private static IEnumerable<(string Path, ModelInode Inode)> Walk(string prefix, ModelDirectory directory)
    {
        foreach ((string name, ModelInode inode) in directory.Entries)
        {
            string path = prefix.Length == 0 ? name : $"{prefix}/{name}";
            yield return (path, inode);
            if (inode is ModelDirectory child)
            {
                foreach ((string, ModelInode) below in Walk(path, child))
                {
                    yield return below;
                }
            }
        }
    }
}
