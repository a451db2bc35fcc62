using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Passes 1b to 1d; run only when blocks are shared. Checks: which inodes own blocks that others, or the volume itself, own too.
/// Gathers: owners of shared blocks. Relies on: complete marking by pass 1. Leaves: one owner for each block; every owner but the last has a copy.
/// </summary>
internal sealed partial class Pass1SharedBlocks
{
    private readonly CheckedVolume volume;
    private readonly Reporter reporter;
    private readonly InodeFacts facts;
    private readonly BitSet shared;
    private readonly BlockTree tree;
    private readonly Dictionary<uint, int> owners = [];
    private readonly List<uint> inodes = [];
    // Those for whose copies there was no room.
    private readonly List<uint> roomless = [];
    private readonly HashSet<uint> fixedBlocks = [];
    // Blocks that the list of bad blocks, or for attributes the volume itself, and something else claim; and where attributes of such blocks went.
    private readonly HashSet<uint> badBlocks = [];
    private readonly Dictionary<uint, uint> movedAttributes = [];

    private Pass1SharedBlocks(CheckedVolume volume, Reporter reporter, InodeFacts facts)
    {
        this.volume = volume;
        this.reporter = reporter;
        this.facts = facts;
        shared = facts.SharedBlocks!;
        tree = new BlockTree(volume);
    }

    public static void Run(CheckedVolume volume, Reporter reporter, InodeFacts facts)
    {
        if (reporter.Mode != CheckMode.Preen)
        {
            reporter.Say("Pass 1b: Looking for the owners of shared blocks");
        }
        var pass = new Pass1SharedBlocks(volume, reporter, facts);
        pass.FindOwners();
        bool isAgain = Any(pass.inodes, pass.Copy);
        // Where copies find no room a list gives way before a file, a block before a whole file, and a file before a directory: that leads to others.
        isAgain |= pass.roomless.Count != 0 && pass.ShortenBadBlocks();
        isAgain = isAgain || Any(pass.roomless, pass.TakeBlocks);
        isAgain = isAgain || Any(pass.roomless.OrderBy(facts.Directories.Has), pass.Delete);
        // Nothing is written to blocks of the volume itself, or to one that somebody has given up, before that is durable: after a power failure it would be theirs again.
        volume.Store.Settle();
        if (isAgain)
        {
            throw new CheckStopped(StopReason.Again);
        }
        pass.RepairBadBlocks();
        if (reporter.Left == 0)
        {
            facts.ForgetShared();
        }
    }

    private void FindOwners()
    {
        var bad = new InodeView(volume.ReadInode(InodeNumber.BadBlocks.Value));
        var collector = new BadBlockCollector(this);
        _ = tree.Walk(bad, ref collector);
        for (uint inode = facts.Inodes.NextUsed(1); inode != 0; inode = facts.Inodes.NextUsed(inode + 1L))
        {
            byte[] bytes = volume.ReadInode(inode);
            var view = new InodeView(bytes);
            if (volume.IsLegal(view.Raw.FileAcl) && volume.IsMetadata(view.Raw.FileAcl))
            {
                _ = badBlocks.Add(view.Raw.FileAcl);
            }
            bool isOnBadBlock = badBlocks.Contains(view.Raw.FileAcl);
            if (!isOnBadBlock)
            {
                Fix(view.Raw.FileAcl);
            }
            if (inode == InodeNumber.Resize.Value)
            {
                Fix(view.Raw.Block[13]);
            }
            else if (inode != InodeNumber.BadBlocks.Value)
            {
                CountShared(inode, view, isOnBadBlock);
            }
        }
    }

    // The list of bad blocks keeps its indirect blocks; they are written when nobody else has them any more.
    private void RepairBadBlocks()
    {
        foreach (PostponedBlock repaired in facts.PostponedBadBlocks)
        {
            if (owners.GetValueOrDefault(repaired.Block) == 0)
            {
                volume.Store.Write(repaired.Block, repaired.Content);
            }
        }
    }

    private void CountShared(uint inode, InodeView view, bool isOnBadBlock)
    {
        bool isReserved = inode < volume.FirstInode && inode != InodeNumber.Root.Value;
        var counter = new Counter(this, isReserved);
        if (IsMapped(view))
        {
            _ = tree.Walk(view, ref counter);
        }
        if ((counter.HasShared || isOnBadBlock) && !isReserved)
        {
            inodes.Add(inode);
            var holder = new Holder(this);
            _ = IsMapped(view) && tree.Walk(view, ref holder);
        }
    }

    // Blocks that keep their place: those of attributes, which many inodes may share, and of reserved inodes. Files give way to them.
    private void Fix(uint block)
    {
        if (block != 0 && volume.IsLegal(block) && shared[block])
        {
            _ = fixedBlocks.Add(block);
        }
    }

    private static bool IsMapped(InodeView view) =>
        view.Kind is InodeKind.File or InodeKind.Directory || (view.Kind == InodeKind.Symlink && view.Raw.SizeLow >= RawInode.BlockBytes);

    // All are asked.
    private static bool Any(IEnumerable<uint> inodes, Func<uint, bool> repair)
    {
        bool isAgain = false;
        foreach (uint inode in inodes)
        {
            isAgain |= repair(inode);
        }
        return isAgain;
    }

    // True: the passes must begin anew.
    private bool Copy(uint inode)
    {
        int total = SharedOf(inode, out _, out _);
        if (total == 0)
        {
            // All that it shared the others have copied.
            return false;
        }
        if (reporter.Raise(InodeProblems.SharedBlocks, new Place { Inode = inode, Found = total }))
        {
            if (TryCopy(inode, out bool isAgain))
            {
                return isAgain;
            }
            reporter.TakeBackAndAskOn();
            roomless.Add(inode);
            return false;
        }
        return Delete(inode);
    }

    private bool ShortenBadBlocks()
    {
        byte[] bytes = volume.ReadInode(InodeNumber.BadBlocks.Value);
        var shortener = new Shortener(this);
        if (tree.Walk(new InodeView(bytes), ref shortener))
        {
            volume.WriteInode(InodeNumber.BadBlocks.Value, bytes);
        }
        return shortener.HasTaken;
    }

    private bool TakeBlocks(uint inode)
    {
        byte[] bytes = volume.ReadInode(inode);
        var view = new InodeView(bytes);
        var counter = new Taker(this, view.Kind == InodeKind.File, true);
        _ = IsMapped(view) && tree.Walk(view, ref counter);
        if (counter.Total == 0 || !reporter.Raise(InodeProblems.SharedTake, new Place { Inode = inode, Found = counter.Total }))
        {
            return false;
        }
        var taker = new Taker(this, view.Kind == InodeKind.File, false);
        if (tree.Walk(view, ref taker))
        {
            volume.WriteInode(inode, bytes);
        }
        return true;
    }

    private bool Delete(uint inode)
    {
        int total = SharedOf(inode, out byte[] bytes, out InodeView view);
        if (total == 0 || inode == InodeNumber.Root.Value || !reporter.Raise(InodeProblems.SharedDelete, new Place { Inode = inode, Found = total }))
        {
            return false;
        }
        var release = new Release(this);
        _ = IsMapped(view) && tree.Walk(view, ref release);
        view.Raw.LinksCount = 0;
        view.Raw.DeletionTime = volume.Now;
        volume.WriteInode(inode, bytes);
        return true;
    }

    private int SharedOf(uint inode, out byte[] bytes, out InodeView view)
    {
        bytes = volume.ReadInode(inode);
        view = new InodeView(bytes);
        var remaining = new Remaining(this);
        _ = IsMapped(view) && tree.Walk(view, ref remaining);
        return remaining.Total + (badBlocks.Contains(view.Raw.FileAcl) ? 1 : 0);
    }

    // All copies are durable before anything leads to one: a pointer that arrived first would show what lay there before. False: no room, and nothing is changed.
    private bool TryCopy(uint inode, out bool isAgain)
    {
        byte[] bytes = volume.ReadInode(inode);
        var view = new InodeView(bytes);
        var copies = new List<(long Visit, uint From, uint To)>();
        var copier = new Copier(this, copies, new byte[volume.BlockBytes]);
        _ = IsMapped(view) && tree.Walk(view, ref copier);
        isAgain = copier.HasUnchecked;
        bool changed = false;
        if (copier.IsFull || !MoveAttributes(view, ref changed))
        {
            foreach ((_, uint from, uint to) in copies)
            {
                owners[from]++;
                facts.Free(to);
            }
            return false;
        }
        volume.Store.Settle();
        var leader = new Leader(volume, copies);
        changed |= IsMapped(view) && tree.Walk(view, ref leader);
        if (changed)
        {
            volume.WriteInode(inode, bytes);
        }
        return true;
    }

    // All that share an attribute block go to one copy of it, so that its count of references stays right. False: there is no room.
    private bool MoveAttributes(InodeView view, ref bool changed)
    {
        uint block = view.Raw.FileAcl;
        if (!badBlocks.Contains(block))
        {
            return true;
        }
        if (!movedAttributes.TryGetValue(block, out uint copy))
        {
            copy = facts.Allocate();
            if (copy == 0)
            {
                return false;
            }
            byte[] buffer = new byte[volume.BlockBytes];
            volume.Store.Read(block, buffer);
            volume.Store.Write(copy, buffer);
            movedAttributes[block] = copy;
        }
        view.Raw.FileAcl = copy;
        changed = true;
        return true;
    }

    private bool IsUnchecked(uint indirect) =>
        volume.IsLegal(indirect) && (volume.IsMetadata(indirect) || facts.Unrepaired.Contains(indirect));

    private bool IsToCopy(uint block) =>
        volume.IsLegal(block) && shared[block] && (volume.IsMetadata(block) || owners.GetValueOrDefault(block) > 1 || fixedBlocks.Contains(block));
}
