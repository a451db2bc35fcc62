using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Volume;

/// <summary>The inodes in memory, by number. Guarded by the volume's lock.</summary>
internal sealed class InodeTable
{
    private IExt2Inode?[] buckets = new IExt2Inode?[256];

    /// <summary>Inodes in memory.</summary>
    public int Count { get; private set; }

    /// <summary>The inode with this number, or null. No reference is taken.</summary>
    public IExt2Inode? Find(InodeNumber number)
    {
        IExt2Inode? inode = buckets[Bucket(number)];
        while (inode is not null && inode.Core.Number != number)
        {
            inode = inode.Core.Next;
        }

        return inode;
    }

    /// <summary>Adds an inode. Requires: none of its number is here.</summary>
    public void Add(IExt2Inode inode)
    {
        if (Count >= buckets.Length)
        {
            Grow();
        }

        ref IExt2Inode? bucket = ref buckets[Bucket(inode.Core.Number)];
        inode.Core.Next = bucket;
        bucket = inode;
        Count++;
    }

    /// <summary>Takes an inode out. False: it was not here (any more).</summary>
    public bool Remove(IExt2Inode inode)
    {
        ref IExt2Inode? link = ref buckets[Bucket(inode.Core.Number)];
        while (link is not null && !ReferenceEquals(link, inode))
        {
            link = ref link.Core.Next;
        }

        if (link is null)
        {
            return false;
        }

        link = inode.Core.Next;
        inode.Core.Next = null;
        Count--;
        return true;
    }

    private int Bucket(InodeNumber number) => (int)((number.Value * 2654435769u) >> 8) & (buckets.Length - 1);

    private void Grow()
    {
        IExt2Inode?[] old = buckets;
        buckets = new IExt2Inode?[old.Length * 2];
        foreach (IExt2Inode? first in old)
        {
            IExt2Inode? inode = first;
            while (inode is not null)
            {
                IExt2Inode? next = inode.Core.Next;
                ref IExt2Inode? bucket = ref buckets[Bucket(inode.Core.Number)];
                inode.Core.Next = bucket;
                bucket = inode;
                inode = next;
            }
        }
    }
}
