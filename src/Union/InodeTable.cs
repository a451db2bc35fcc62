using System.Diagnostics.CodeAnalysis;
using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// The objects of a union that are alive, by number: one inode per object. An object that was copied up keeps its number while the union is
/// mounted, whether it is alive or not: what it is called on top is remembered both ways. Guarded by the tree lock.
/// </summary>
internal sealed class InodeTable(NumberSpace numbers)
{
    private readonly Dictionary<ulong, IUnionInode> live = [];
    private readonly Dictionary<ulong, Identity> identities = [];
    private readonly Dictionary<ulong, ulong> copies = [];

    /// <summary>Everything alive.</summary>
    public IEnumerable<IUnionInode> Live => live.Values;

    /// <summary>Objects alive.</summary>
    public int Count => live.Count;

    /// <summary>Who a layer's inode is in the union.</summary>
    public Identity IdentityOf(int layer, Inode inode)
    {
        if (layer == 0 && identities.Count > 0 && identities.TryGetValue(inode.Number, out Identity identity))
        {
            return identity;
        }

        return new Identity(numbers.Of(layer, inode.Number), inode.Generation, 0);
    }

    /// <summary>The number that a layer's inode has in the union.</summary>
    public ulong NumberOf(int layer, ulong inode) =>
        layer == 0 && identities.Count > 0 && identities.TryGetValue(inode, out Identity identity) ? identity.Number : numbers.Of(layer, inode);

    /// <summary>Whether the object with this number has been copied up, and what it is on top.</summary>
    public bool TryGetCopy(ulong number, out ulong topInode) => copies.TryGetValue(number, out topInode);

    /// <summary>Finds a living object, without a reference.</summary>
    public bool TryGet(ulong number, [NotNullWhen(true)] out IUnionInode? node) => live.TryGetValue(number, out node);

    /// <summary>Enters a new object.</summary>
    public void Add(IUnionInode node) => live[node.State.Number] = node;

    /// <summary>Remembers that an object is on top from now on.</summary>
    public void CopiedUp(ref UnionState state, Inode top)
    {
        identities[top.Number] = new Identity(state.Number, state.Generation, state.LinkOffset);
        copies[state.Number] = top.Number;
    }

    /// <summary>Takes an object that nobody holds any more out. False: it was out already.</summary>
    public bool Remove(IUnionInode node)
    {
        ref UnionState state = ref node.State;
        if (!live.TryGetValue(state.Number, out IUnionInode? current) || !ReferenceEquals(current, node))
        {
            return false;
        }

        _ = live.Remove(state.Number);
        if (state.Top is { } top && identities.ContainsKey(top.Number))
        {
            Settle(ref state, top);
        }

        return true;
    }

    // The top may give the number of an inode without a name to another object as soon as the reference goes: the memory of it must go first.
    private void Settle(ref UnionState state, Inode top)
    {
        bool gone = state.IsRemoved || (top.GetAttributes(out Attributes attributes) == Errno.None && attributes.LinkCount == 0);
        if (gone)
        {
            _ = identities.Remove(top.Number);
            _ = copies.Remove(state.Number);
        }
        else
        {
            CopiedUp(ref state, top);
        }
    }
}
