using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>What a generator believes to exist, so that most of its steps find something. It may be wrong: the trees decide, not the model.</summary>
internal sealed class TreeModel
{
    private readonly SortedDictionary<string, InodeKind> paths = new(StringComparer.Ordinal) { [""] = InodeKind.Directory };

    /// <summary>All paths of a kind, sorted; the root is a directory with the empty path.</summary>
    public List<string> Of(InodeKind kind) => [.. paths.Where(entry => entry.Value == kind).Select(entry => entry.Key)];

    /// <summary>All paths but the root.</summary>
    public List<string> All() => [.. paths.Keys.Where(path => path.Length > 0)];

    /// <summary>What is believed to be there.</summary>
    public InodeKind KindOf(string path) => paths.GetValueOrDefault(path);

    /// <summary>Notes an object if its parent is a directory and nothing is there.</summary>
    public void Add(string path, InodeKind kind)
    {
        int slash = path.LastIndexOf('/');
        if (KindOf(slash < 0 ? "" : path[..slash]) == InodeKind.Directory)
        {
            _ = paths.TryAdd(path, kind);
        }
    }

    /// <summary>Forgets an object and all below it.</summary>
    public void Remove(string path)
    {
        foreach (string gone in Below(path))
        {
            _ = paths.Remove(gone);
        }
    }

    /// <summary>Moves an object and all below it.</summary>
    public void Move(string path, string newPath)
    {
        if (KindOf(path) == InodeKind.Unknown || newPath.StartsWith(path + "/", StringComparison.Ordinal) || path == newPath)
        {
            return;
        }

        List<KeyValuePair<string, InodeKind>> moved = [.. Below(path).Select(old => KeyValuePair.Create(newPath + old[path.Length..], paths[old]))];
        Remove(path);
        Remove(newPath);
        foreach ((string target, InodeKind kind) in moved)
        {
            Add(target, kind);
        }
    }

    /// <summary>Forgets an empty directory, nothing else.</summary>
    public void RemoveEmpty(string path)
    {
        if (KindOf(path) == InodeKind.Directory && Below(path).Count == 1)
        {
            _ = paths.Remove(path);
        }
    }

    private List<string> Below(string path) => [.. paths.Keys.Where(key => key == path || key.StartsWith(path + "/", StringComparison.Ordinal))];
}
