using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests.Directories;

/// <summary>An object of the model tree: what the volume should hold.</summary>
internal sealed class ModelNode(InodeKind kind)
{
    public InodeKind Kind { get; } = kind;

    public bool IsDirectory => Kind == InodeKind.Directory;

    /// <summary>Of a directory: name to object, or to null for a mark, which <see cref="Marks"/> tells.</summary>
    public SortedDictionary<string, ModelNode?> Entries { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, SlotKind> Marks { get; } = [];

    public ModelNode? Parent { get; set; }

    public int Links { get; set; } = 1;

    public bool IsOpaque { get; set; }

    public bool IsEmpty => Entries.Values.All(entry => entry is null);

    public uint LinkCount => IsDirectory ? 2u + (uint)Entries.Values.Count(entry => entry is { IsDirectory: true }) : (uint)Links;

    public bool Holds(ModelNode other) => ReferenceEquals(this, other) || (other.Parent is not null && Holds(other.Parent));

    public SlotKind SlotOf(string name) =>
        !Entries.TryGetValue(name, out ModelNode? entry) ? SlotKind.Absent : entry is not null ? SlotKind.Inode : Marks[name];

    public void Put(string name, ModelNode node)
    {
        Entries[name] = node;
        _ = Marks.Remove(name);
        if (node.IsDirectory)
        {
            node.Parent = this;
        }
    }

    public void PutMark(string name, SlotKind mark)
    {
        Entries[name] = null;
        Marks[name] = mark;
    }

    public void Drop(string name)
    {
        _ = Entries.Remove(name);
        _ = Marks.Remove(name);
    }
}
