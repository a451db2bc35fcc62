using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// Names below that indexed copies have lost, until the top's records say so. A record must not lead the directory to the disk: a crash would leave a count that is too
/// low, or a name that shows the lower's old content because its copy is gone. So counts are lowered, and copies without a name are freed, only after a sync that began
/// when the names had gone. Until then the records count too high, which costs room and nothing else. Guarded by the tree lock.
/// </summary>
internal sealed class LostNames(UnionFileSystem union)
{
    // What may wait for the next sync: bounded in number and in the room it keeps.
    private const int Capacity = 1000;
    private const long CapacityBlocks = (8 << 20) / 512;

    private Dictionary<ulong, Loss> waiting = [];
    private Dictionary<ulong, Loss> settling = [];
    private long waitingBlocks;

    /// <summary>Whether anything waits. Read without the lock by those who only want to spare themselves a sync.</summary>
    public bool IsWaiting => waiting.Count > 0;

    /// <summary>Whether it is time for a sync.</summary>
    public bool IsDue => waiting.Count >= Capacity || waitingBlocks >= CapacityBlocks;

    /// <summary>Names that an inode of the top has lost and its record still counts.</summary>
    public int CountOf(ulong topInode) =>
        (waiting.TryGetValue(topInode, out Loss loss) ? loss.Names : 0) + (settling.TryGetValue(topInode, out loss) ? loss.Names : 0);

    /// <summary>An indexed copy lost a name below.</summary>
    public void Add(IUnionInode node) => Note(node, 1);

    /// <summary>An indexed copy has no name left.</summary>
    public void AddFreed(IUnionInode node, long blocks)
    {
        Note(node, 0);
        waitingBlocks += blocks;
    }

    /// <summary>What waits now is to be settled after a sync that follows. False: nothing is, or it is being settled already.</summary>
    public bool Begin()
    {
        using (union.Tree.Enter())
        {
            if (waiting.Count == 0 || settling.Count > 0)
            {
                return false;
            }

            (waiting, settling, waitingBlocks) = (settling, waiting, 0);
            return true;
        }
    }

    /// <summary>The sync is over: the records are changed when it went well, else all waits for the next.</summary>
    public void End(bool isDurable)
    {
        Loss[] losses;
        using (union.Tree.Enter())
        {
            losses = [.. settling.Values];
            foreach (Loss loss in losses)
            {
                if (isDurable)
                {
                    Settle(loss);
                }
                else
                {
                    loss.Copy.Acquire();
                    Note(loss.Node, loss.Copy, loss.Names);
                }
            }

            settling.Clear();
        }

        // Outside the lock: what this frees may be large.
        foreach (Loss loss in losses)
        {
            loss.Copy.Release();
        }
    }

    private void Note(IUnionInode node, int names)
    {
        Inode copy = node.State.Top!;
        copy.Acquire();
        Note(node, copy, names);
    }

    // Takes over a reference to the copy.
    private void Note(IUnionInode node, Inode copy, int names)
    {
        if (waiting.TryGetValue(copy.Number, out Loss known))
        {
            copy.Release();
            names += known.Names;
        }

        waiting[copy.Number] = new Loss(node, copy, names);
    }

    // A record that cannot be changed counts too high from then on.
    private void Settle(in Loss loss)
    {
        if (loss.Copy.GetCopySource([], out CopySource source, out _) != Errno.None || !source.IsIndexed)
        {
            return;
        }

        uint left = source.LowerNames - (uint)Math.Min(source.LowerNames, loss.Names);
        if (left != source.LowerNames && CopyRecord.SetNames(loss.Copy, true, left) != Errno.None)
        {
            return;
        }

        // The entry is the last link: nothing leads to the copy any more. Names of a lower that is not in this stack keep it.
        if (left == 0
            && loss.Copy.GetAttributes(out Attributes attributes) == Errno.None
            && attributes.LinkCount == 1
            && union.Top!.Index!.Remove(source.Layer, source.Inode) is Errno.None or Errno.ENOENT
            && ReferenceEquals(loss.Node.State.Top, loss.Copy))
        {
            loss.Node.State.IsIndexed = false;
            loss.Node.State.LinkOffset = 0;
        }
    }

    private readonly record struct Loss(IUnionInode Node, Inode Copy, int Names);
}
