using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ext2Union.Vfs;

namespace Ext2Union.Fuse;

/// <summary>
/// What the kernel knows of: node number to inode, with the kernel's lookup count. The table holds one reference for each of them.
/// A node's number is its inode number, except that the root is 1 and an inode that has the number 1 takes the root's.
/// </summary>
internal sealed class NodeTable
{
    /// <summary>FUSE_ROOT_ID.</summary>
    public const ulong RootNode = 1;

    private readonly RankedLock gate = new(LockRank.Session);
    private readonly Dictionary<ulong, Entry> entries = new(1024);
    private readonly DirectoryInode root;
    private readonly ulong rootNumber;

    public NodeTable(FileSystem fileSystem)
    {
        root = fileSystem.Root;
        rootNumber = root.Number;
    }

    /// <summary>How many nodes the kernel knows, the root not counted.</summary>
    public int Count
    {
        get
        {
            using (gate.Enter())
            {
                return entries.Count;
            }
        }
    }

    /// <summary>The node number of an inode number, and the other way round.</summary>
    public ulong Translate(ulong number) => number == rootNumber ? RootNode : number == RootNode ? rootNumber : number;

    /// <summary>The inode of a node, with a reference; null when the kernel should not know it.</summary>
    public Inode? Find(ulong node)
    {
        if (node == RootNode)
        {
            root.Acquire();
            return root;
        }

        using (gate.Enter())
        {
            if (!entries.TryGetValue(node, out Entry entry))
            {
                return null;
            }

            entry.Inode!.Acquire();
            return entry.Inode;
        }
    }

    /// <summary>The kernel gets to know an inode once more. Takes over the caller's reference and answers the node number.</summary>
    public ulong Remember(Inode inode)
    {
        ulong node = Translate(inode.Number);
        Inode? surplus = inode;
        if (node != RootNode)
        {
            using (gate.Enter())
            {
                ref Entry entry = ref CollectionsMarshal.GetValueRefOrAddDefault(entries, node, out _);
                entry.LookupCount++;
                if (!ReferenceEquals(entry.Inode, inode))
                {
                    // New to the table; or another object under a number that the kernel still holds, which is what a reused number looks
                    // like (its generation differs): the new one counts from now on, and the forgets of both arrive under this number.
                    surplus = entry.Inode;
                    entry.Inode = inode;
                }
            }
        }

        surplus?.Release();
        return node;
    }

    /// <summary>The kernel gives back lookups of a node.</summary>
    public void Forget(ulong node, ulong count)
    {
        Inode? last = null;
        using (gate.Enter())
        {
            ref Entry entry = ref CollectionsMarshal.GetValueRefOrNullRef(entries, node);
            if (Unsafe.IsNullRef(ref entry))
            {
                return;
            }

            if (entry.LookupCount > count)
            {
                entry.LookupCount -= count;
                return;
            }

            last = entry.Inode;
            _ = entries.Remove(node);
        }

        last!.Release();
    }

    /// <summary>The kernel is gone: gives back everything it held.</summary>
    public void Clear()
    {
        Entry[] left;
        using (gate.Enter())
        {
            left = [.. entries.Values];
            entries.Clear();
        }

        foreach (Entry entry in left)
        {
            entry.Inode!.Release();
        }
    }

    private struct Entry
    {
        public Inode? Inode;
        public ulong LookupCount;
    }
}
