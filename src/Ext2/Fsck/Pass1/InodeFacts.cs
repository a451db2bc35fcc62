using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Fsck;

/// <summary>What pass 1 leaves for the passes behind it.</summary>
internal sealed class InodeFacts
{
    // Bounds the memory, and keeps the search for a free block short.
    private const int MostReleased = 4096;
    private readonly CheckedVolume volume;
    private readonly HashSet<uint> released = [];
    private uint allocationHint;
    private BitSet? held;
    private bool isSettled;

    public InodeFacts(CheckedVolume volume)
    {
        this.volume = volume;
        Inodes = new InodeRecords(volume.Geometry.InodeCount);
        UsedBlocks = new BitSet(volume.Geometry.BlockCount);
        allocationHint = volume.Geometry.FirstDataBlock.Value;
    }

    public InodeRecords Inodes { get; }

    public DirectoryTable Directories { get; } = new();

    /// <summary>Every block that something owns.</summary>
    public BitSet UsedBlocks { get; }

    /// <summary>Blocks with more than one owner; null while there are none.</summary>
    public BitSet? SharedBlocks { get; private set; }

    /// <summary>Blocks were shared, so inodes may have been given others since pass 1 met them.</summary>
    public bool HasMovedBlocks { get; private set; }

    public VolumeStatistics Statistics { get; } = new();

    /// <summary>Copies that a union made, and the table of lowers.</summary>
    public CopyNotes Copies { get; } = new();

    /// <summary>Files over 2 GiB were met.</summary>
    public bool HasLargeFile { get; set; }

    /// <summary>Opaque directories were met.</summary>
    public bool HasOpaque { get; set; }

    /// <summary>Repaired indirect blocks that are not yet written.</summary>
    public List<PostponedBlock> Postponed { get; } = [];

    /// <summary>As <see cref="Postponed"/>, of the list of bad blocks; pass 1b writes those that something else claims too.</summary>
    public List<PostponedBlock> PostponedBadBlocks { get; } = [];

    /// <summary>Indirect blocks with numbers that cannot be, which something else claims too: repaired when each owner has its own.</summary>
    public HashSet<uint> Unrepaired { get; } = [];

    public void Use(uint block)
    {
        if (!UsedBlocks.Add(block))
        {
            SharedBlocks ??= new BitSet(volume.Geometry.BlockCount);
            HasMovedBlocks = true;
            _ = SharedBlocks.Add(block);
        }
    }

    public void Use(BlockRun run)
    {
        if (UsedBlocks.TryAddRange(run.Start, run.Count))
        {
            return;
        }
        for (uint i = 0; i < run.Count; i++)
        {
            Use(run.Start + i);
        }
    }

    /// <summary>Pass 1b gave every owner its own.</summary>
    public void ForgetShared() => SharedBlocks = null;

    /// <summary>Takes a free block, near the last one taken; 0 when there is none.</summary>
    public uint Allocate()
    {
        // What pass 1 took from an inode is free only when the inode is durably without it.
        if (!isSettled || released.Count >= MostReleased)
        {
            Settle();
        }
        uint found = FindFree();
        if (found == 0 && released.Count != 0)
        {
            Settle();
            found = FindFree();
        }
        if (found != 0)
        {
            _ = UsedBlocks.Add(found);
            allocationHint = found;
        }
        return found;
    }

    /// <summary>
    /// Gives back a block that <see cref="Allocate"/> took or that something no longer has. It is not given out again before what was written up to then is durable:
    /// else the former owner, coming back after a power failure, would hold another's data.
    /// </summary>
    public void Free(uint block)
    {
        UsedBlocks.Remove(block);
        _ = released.Add(block);
    }

    /// <summary>Keeps a block from being given out though nothing is known to own it yet.</summary>
    public void Hold(uint block)
    {
        held ??= new BitSet(volume.Geometry.BlockCount);
        _ = held.Add(block);
    }

    private void Settle()
    {
        volume.Store.Settle();
        isSettled = true;
        foreach (uint block in released)
        {
            allocationHint = Math.Min(allocationHint, block);
        }
        released.Clear();
    }

    private uint FindFree()
    {
        uint found = FindFree(allocationHint);
        return found != 0 ? found : FindFree(volume.Geometry.FirstDataBlock.Value);
    }

    private uint FindFree(long from)
    {
        long found = UsedBlocks.FirstClear(from);
        while (found >= 0 && (released.Contains((uint)found) || held?[found] == true))
        {
            found = UsedBlocks.FirstClear(found + 1);
        }
        return (uint)Math.Max(found, 0);
    }

    /// <summary>The first inode that nothing uses; 0 when there is none.</summary>
    public uint FindFreeInode() => Inodes.NextFree(volume.FirstInode);

    /// <summary>Marks what the volume itself consists of.</summary>
    public void UseMetadata()
    {
        Geometry geometry = volume.Geometry;
        for (uint group = 0; group < geometry.GroupCount; group++)
        {
            ref GroupDescriptor descriptor = ref volume.Descriptor(group);
            uint first = geometry.FirstBlockOf(group).Value;
            for (uint i = 0; i < geometry.HeaderBlocks(group); i++)
            {
                _ = UsedBlocks.Add(first + i);
            }
            for (uint i = 0; i < geometry.InodeTableBlocks; i++)
            {
                _ = UsedBlocks.Add(descriptor.InodeTable + i);
            }
            UseIfLegal(descriptor.BlockBitmap);
            UseIfLegal(descriptor.InodeBitmap);
        }

        // A bitmap at an impossible place whose repair was refused.
        void UseIfLegal(uint block)
        {
            if (volume.IsLegal(block))
            {
                _ = UsedBlocks.Add(block);
            }
        }
    }
}
