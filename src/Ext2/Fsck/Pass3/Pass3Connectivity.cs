using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Checks: there is a root; copies and their index; every directory can be reached from it; ".." leads to the parent. Gathers: the links that ".." stands for.
/// Relies on: the parents that pass 2 found. Leaves: every directory in the tree, those that asked for it written anew (3A).
/// </summary>
internal sealed class Pass3Connectivity
{
    private const uint Root = 2;
    private const uint RootPermissions = 0x1ED;
    private readonly CheckedVolume volume;
    private readonly Reporter reporter;
    private readonly InodeFacts facts;
    private readonly SecondParents entries;
    private readonly FoundOrigin origins;
    private readonly BlockTree tree;
    private readonly byte[] block;
    private readonly BitSet connected;

    private Pass3Connectivity(CheckedVolume volume, Reporter reporter, InodeFacts facts)
    {
        this.volume = volume;
        this.reporter = reporter;
        this.facts = facts;
        entries = new SecondParents(volume, reporter, facts);
        origins = new FoundOrigin(volume, facts);
        tree = new BlockTree(volume);
        block = new byte[volume.BlockBytes];
        connected = new BitSet(volume.Geometry.InodeCount + 1L);
    }

    public static LostAndFound Run(CheckedVolume volume, Reporter reporter, InodeFacts facts)
    {
        var pass = new Pass3Connectivity(volume, reporter, facts);
        pass.CheckRoot();
        // Before lost+found takes in what has no name: the index has a place of its own.
        CopyCheck.Run(volume, reporter, facts);
        var lostAndFound = new LostAndFound(volume, reporter, facts);
        lostAndFound.Check();
        uint[] all = new uint[facts.Directories.Count];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = facts.Directories.All[i].Inode;
        }
        for (int i = 0; i < all.Length; i++)
        {
            reporter.Progress(3, i, all.Length);
            pass.Connect(all[i], lostAndFound);
        }
        new DirectoryRewriter(volume, reporter, facts).Run();
        lostAndFound.Forget();
        pass.CheckDotDots();
        reporter.Progress(3, all.Length, all.Length);
        return lostAndFound;
    }

    private void CheckRoot()
    {
        if (!facts.Directories.Has(Root))
        {
            if (!reporter.Raise(DirectoryProblems.RootMissing)
                || new DirectoryInserter(volume, facts).MakeDirectory(Root, Root, RootPermissions) == 0)
            {
                reporter.SayOfVolume("without a root directory nothing more can be checked.");
                throw new CheckStopped(StopReason.NotCheckable);
            }
        }
        facts.Directories[Root].Parent = Root;
        _ = connected.Add(Root);
    }

    private void Connect(uint directory, LostAndFound lostAndFound)
    {
        uint above = facts.Directories.Has(directory) ? facts.Directories[directory].Parent : 0;
        if (above != 0 && connected[above])
        {
            _ = connected.Add(directory);
            return;
        }
        var path = new List<uint>();
        var onPath = new HashSet<uint>();
        uint at = directory;
        while (!connected[at])
        {
            if (!facts.Directories.Has(at))
            {
                break;
            }
            if (!onPath.Add(at) || facts.Directories[at].Parent == 0)
            {
                Reconnect(at, lostAndFound);
                break;
            }
            path.Add(at);
            uint parent = facts.Directories[at].Parent;
            at = facts.Directories.Has(parent) ? parent : at;
        }
        path.ForEach(inode => connected.Add(inode));
        _ = connected.Add(at);
    }

    private void Reconnect(uint directory, LostAndFound lostAndFound)
    {
        if (reporter.IsAfterCrash && !facts.Directories[directory].HasNames && facts.Directories[directory].Rebuild == RebuildReasons.None && Clear(directory))
        {
            return;
        }
        uint loop = facts.Directories[directory].Parent;
        var place = new Place { Inode = directory, Found = facts.Directories[directory].DotDot };
        if (!reporter.Raise(DirectoryProblems.Unconnected, place))
        {
            return;
        }
        // Its name becomes another than the one under which layers below have what it merges.
        origins.Keep(directory);
        if (!lostAndFound.Connect(directory))
        {
            return;
        }
        // Directories that hold each other: the name within the ring goes when the one in lost+found is there.
        if (loop != 0 && entries.TryFind(loop, directory, out EntryPlace entry))
        {
            volume.Store.Settle();
            entries.Remove(entry);
            facts.Inodes.AddLink(directory, -1);
        }
        facts.Directories[directory].Parent = lostAndFound.Holder;
    }

    // What nobody can miss: a directory that got its inode, but never a name. One that is older than the mount that the crash ended had a name that is lost.
    private bool Clear(uint directory)
    {
        byte[] bytes = volume.ReadInode(directory);
        var view = new InodeView(bytes);
        uint mounted = volume.Superblock.MountTime;
        if (mounted == 0 || view.Raw.ChangeTime < mounted || view.Raw.FileAcl != 0 || !reporter.Raise(DirectoryProblems.EmptyUnconnected, new Place { Inode = directory }))
        {
            return false;
        }
        var owned = new OwnedBlocks(volume, tree, view);
        view.Raw.LinksCount = 0;
        view.Raw.DeletionTime = volume.Now;
        volume.WriteInode(directory, bytes);
        owned.Free(facts);
        facts.Statistics.Remove(view.Kind);
        facts.Statistics.OpaqueDirectories -= facts.Directories[directory].Opaque ? 1 : 0;
        facts.Inodes.Set(directory, 0, 0);
        facts.Directories.Remove(directory);
        return true;
    }

    private void CheckDotDots()
    {
        foreach (ref DirectoryFacts record in facts.Directories.All)
        {
            uint counted = record.Parent;
            if (record.DotDot != record.Parent && record.Parent != 0)
            {
                var place = new Place { Inode = record.Inode, Found = record.DotDot, Expected = record.Parent };
                if (!reporter.Raise(DirectoryProblems.DotDotWrong, place) || !SetDotDot(record))
                {
                    counted = record.DotDot;
                }
            }
            if (counted != 0 && counted <= volume.Geometry.InodeCount)
            {
                facts.Inodes.AddLink(counted);
            }
        }
    }

    private bool SetDotDot(in DirectoryFacts record)
    {
        uint[] blocks = DirectoryBlockList.Read(volume, tree, record.Inode, record.BlockCount);
        if (blocks[0] == 0)
        {
            return false;
        }
        volume.Store.Read(blocks[0], block);
        if (!DirectoryLook.IsFirstBlock(block, record.Inode))
        {
            return false;
        }
        UncheckedOverlay.RecordHeader(block, RecordLength.Minimum).Inode = record.Parent;
        volume.Store.Write(blocks[0], block);
        return true;
    }
}
