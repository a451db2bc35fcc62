using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests.Tree;

/// <summary>A directory: names, and the directory above.</summary>
internal sealed class ModelDirectory(uint mode, uint user, uint group) : ModelInode(InodeKind.Directory, mode, user, group)
{
    /// <summary>Its entries.</summary>
    public SortedDictionary<string, ModelInode> Entries { get; } = new(StringComparer.Ordinal);

    /// <summary>The directory above; the root's is itself.</summary>
    public ModelDirectory Parent { get; set; } = null!;

    /// <summary>Removed, but still open somewhere: nothing can be made in it.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>2 and one for each directory in it.</summary>
    public long Links => IsRemoved ? 0 : 2 + Entries.Values.Count(entry => entry.Kind == InodeKind.Directory);

    /// <summary>Whether this is, or lies above, another directory.</summary>
    public bool Contains(ModelDirectory other)
    {
        for (ModelDirectory place = other; ; place = place.Parent)
        {
            if (place == this)
            {
                return true;
            }

            if (place.Parent == place)
            {
                return false;
            }
        }
    }

    /// <summary>Puts a name in and notes the change.</summary>
    public void Put(string name, ModelInode inode, Timestamp now)
    {
        Entries[name] = inode;
        if (inode is ModelDirectory directory)
        {
            directory.Parent = this;
        }

        TouchContent(now);
    }

    /// <summary>Takes a name out and notes the change.</summary>
    public void Take(string name, Timestamp now)
    {
        _ = Entries.Remove(name);
        TouchContent(now);
    }
}
