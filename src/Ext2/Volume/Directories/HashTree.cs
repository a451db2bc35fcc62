using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Directories;

/// <summary>
/// The hash index of a directory (kernel <c>fs/ext4/namei.c</c>, dx_*): a root in block 0, at most one level of nodes, and leaves that are ordinary
/// directory blocks. A fault in the index itself makes it <see cref="IsBroken"/>, and the directory is then read block by block.
/// </summary>
internal sealed partial class HashTree(DirectoryStore store)
{
    /// <summary>Whether a fault of the index was met; the answer to that call was EUCLEAN, the caller goes on without the index.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Leaves looked at since the directory came into memory: what the cost of an operation is counted in.</summary>
    public long LeavesVisited { get; private set; }

    /// <summary>Takes the root. Errors: EUCLEAN (then broken), EIO.</summary>
    public Errno Open(scoped ref HashPath path)
    {
        FileBlock first = new(0);
        path.Root = store.Get(first);
        if (path.Root.Error != Errno.None)
        {
            return path.Root.Error;
        }

        if ((path.Root.Proofs & BlockProofs.Index) == 0)
        {
            HashTreeFault fault = HashTreeNode.TryOpenRoot(path.Root.Bytes, out _);
            if (fault != HashTreeFault.None)
            {
                return Break(first, fault);
            }

            path.Root.Proofs |= BlockProofs.Index;
        }

        _ = store.Hash.TryWithVersion(HashTreeNode.RootInfo(path.Root.Bytes).HashVersion, out path.Hash);
        return Errno.None;
    }

    /// <summary>Goes from the root to the first leaf that may hold a hash. Errors: as <see cref="Open"/>.</summary>
    public Errno Descend(scoped ref HashPath path, uint hash)
    {
        path.RootIndex = path.RootEntries.Search(hash);
        if (HashTreeNode.RootInfo(path.Root.Bytes).IndirectLevels == 0)
        {
            return Errno.None;
        }

        Errno error = EnterNode(ref path);
        if (error == Errno.None)
        {
            path.NodeIndex = path.BottomEntries.Search(hash);
        }

        return error;
    }

    /// <summary>Goes to the next leaf. Errors: ENOENT behind the last, as <see cref="Open"/>.</summary>
    public Errno Next(scoped ref HashPath path)
    {
        if (path.TryAdvance())
        {
            return Errno.None;
        }

        if (!path.HasNode || path.RootIndex + 1 >= path.RootEntries.Count)
        {
            return Errno.ENOENT;
        }

        path.RootIndex++;
        path.NodeIndex = 0;
        return EnterNode(ref path);
    }

    /// <summary>Takes the leaf at the end of a path. Errors: EUCLEAN, EIO.</summary>
    public Errno GetLeaf(scoped ref HashPath path, out BlockLease leaf)
    {
        leaf = default;
        FileBlock number = path.Leaf;
        if (!IsWithin(number) || ++path.Visited > store.BlockCount)
        {
            return Break(number, HashTreeFault.NoIndexBlock);
        }

        if (store.GetChain(number, out leaf) is var error and not Errno.None)
        {
            return error;
        }

        LeavesVisited++;
        if ((leaf.Proofs & BlockProofs.Index) != 0)
        {
            leaf.Dispose();
            leaf = default;
            return Break(number, HashTreeFault.NoIndexBlock);
        }

        leaf.Proofs |= BlockProofs.Leaf;
        return Errno.None;
    }

    /// <summary>Finds a name. Errors: ENOENT, EUCLEAN, EIO.</summary>
    public Errno Find(ReadOnlySpan<byte> name, out EntryPlace place)
    {
        HashPath path = default;
        place = default;
        Errno error = Open(ref path);
        if (error == Errno.None)
        {
            error = FindFrom(ref path, name, path.Hash.Compute(name), out place);
        }

        path.Dispose();
        return error;
    }

    /// <summary>Says that the index is not sound. Answers EUCLEAN.</summary>
    public Errno Break(FileBlock block, HashTreeFault fault)
    {
        IsBroken = true;
        return store.Corrupt(block, $"hash index: {fault}; the directory is read without it");
    }

    private Errno FindFrom(scoped ref HashPath path, ReadOnlySpan<byte> name, uint hash, out EntryPlace place)
    {
        place = default;
        Errno error = Descend(ref path, hash);
        while (error == Errno.None)
        {
            error = GetLeaf(ref path, out BlockLease leaf);
            if (error != Errno.None)
            {
                break;
            }

            int offset = store.Records(leaf).Find(name);
            if (offset >= 0)
            {
                place = new EntryPlace(leaf, path.Leaf, offset);
                break;
            }

            leaf.Dispose();
            error = Next(ref path);
            // Names with one hash may have been too many for a leaf; then the next one says that it continues.
            if (error == Errno.None && (path.LeafHash & ~1u) != hash)
            {
                error = Errno.ENOENT;
            }
        }

        return error;
    }

    private bool IsWithin(FileBlock block) => block.Value != 0 && block.Value < store.BlockCount;

    /// <summary>Takes the node that the root's entry leads to, in place of the one held.</summary>
    private Errno EnterNode(scoped ref HashPath path)
    {
        path.LeaveNode();
        FileBlock number = path.RootEntries.BlockAt(path.RootIndex);
        if (!IsWithin(number))
        {
            return Break(number, HashTreeFault.NoIndexBlock);
        }

        path.Node = store.Get(number);
        if (path.Node.Error != Errno.None)
        {
            return path.Node.Error == Errno.EUCLEAN ? Break(number, HashTreeFault.NoIndexBlock) : path.Node.Error;
        }

        path.HasNode = true;
        HashTreeFault fault = ProveNode(path.Node);
        return fault == HashTreeFault.None ? Errno.None : Break(number, fault);
    }

    private static HashTreeFault ProveNode(in BlockLease node)
    {
        byte proofs = node.Proofs;
        if ((proofs & BlockProofs.Index) != 0)
        {
            return HashTreeFault.None;
        }

        if ((proofs & BlockProofs.Leaf) != 0)
        {
            return HashTreeFault.NoIndexBlock;
        }

        HashTreeFault fault = HashTreeNode.TryOpenNode(node.Bytes, out _);
        if (fault == HashTreeFault.None)
        {
            node.Proofs |= BlockProofs.Index;
        }

        return fault;
    }
}
