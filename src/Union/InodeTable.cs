using System.Diagnostics.CodeAnalysis;

namespace Ext2Union.Union;

/// <summary>The objects of a union that are alive, by number: one inode per object. Guarded by the tree lock.</summary>
internal sealed class InodeTable
{
    private readonly Dictionary<ulong, IUnionInode> live = [];

    /// <summary>Everything alive.</summary>
    public IEnumerable<IUnionInode> Live => live.Values;

    /// <summary>Objects alive.</summary>
    public int Count => live.Count;

    /// <summary>Finds a living object, without a reference.</summary>
    public bool TryGet(ulong number, [NotNullWhen(true)] out IUnionInode? node) => live.TryGetValue(number, out node);

    /// <summary>Enters a new object.</summary>
    public void Add(IUnionInode node) => live[node.State.Number] = node;

    /// <summary>Takes an object that nobody holds any more out. False: it was out already.</summary>
    public bool Remove(IUnionInode node) =>
        live.TryGetValue(node.State.Number, out IUnionInode? current) && ReferenceEquals(current, node) && live.Remove(node.State.Number);
}
