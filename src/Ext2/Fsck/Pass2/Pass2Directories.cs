using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Checks: every block of every directory: the chain of records, "." and "..", each entry and mark, names that are there twice, the hash index.
/// Gathers: the parent of each directory, names that lead to each inode, counts of marks. Relies on: kinds and directories of pass 1.
/// Leaves: directories to be written anew (pass 3), parents and ".." that may still disagree.
/// </summary>
internal sealed class Pass2Directories
{
    private readonly CheckedVolume volume;
    private readonly Reporter reporter;
    private readonly InodeFacts facts;
    private readonly BlockTree tree;
    private readonly IndexCheck index;
    private readonly DotRecords dots;
    private readonly EntryCheck entries;
    private readonly NameCollisions collisions;
    private readonly SoundDirectories sound;
    private readonly byte[] block;
    private bool hasHole;

    private Pass2Directories(CheckedVolume volume, Reporter reporter, InodeFacts facts)
    {
        this.volume = volume;
        this.reporter = reporter;
        this.facts = facts;
        tree = new BlockTree(volume);
        index = new IndexCheck(volume);
        dots = new DotRecords(volume, reporter);
        entries = new EntryCheck(volume, reporter, facts);
        collisions = new NameCollisions(volume, reporter, facts);
        sound = new SoundDirectories(volume, facts);
        block = new byte[volume.BlockBytes];
    }

    public static void Run(CheckedVolume volume, Reporter reporter, InodeFacts facts)
    {
        // What reads directories below asks for the feature once.
        new FileTypeFeature(volume, reporter, facts).Check();
        var pass = new Pass2Directories(volume, reporter, facts);
        uint[] order = pass.Sort();
        var ahead = new DirectoryReadAhead(volume, facts, order);
        for (int i = 0; i < order.Length; i++)
        {
            reporter.Progress(2, i, order.Length);
            ahead.Step(facts.Directories[order[i]]);
            if (!pass.IsSound(order[i]))
            {
                pass.CheckDirectory(order[i]);
            }
        }
        new SecondParents(volume, reporter, facts).Decide(pass.entries.SecondLinks);
        new MarkFeatures(volume, reporter, facts).Check();
        reporter.Progress(2, order.Length, order.Length);
    }

    // By place on the device, so that a disk is read in one sweep.
    private uint[] Sort()
    {
        Span<DirectoryFacts> all = facts.Directories.All;
        uint[] inodes = new uint[all.Length];
        uint[] places = new uint[all.Length];
        for (int i = 0; i < all.Length; i++)
        {
            inodes[i] = all[i].Inode;
            places[i] = all[i].FirstBlock;
        }
        Array.Sort(places, inodes);
        return inodes;
    }

    // True: nothing is to be said of the directory, and the facts know it. Entries of an index of copies are met one by one.
    private bool IsSound(uint inode)
    {
        ref DirectoryFacts record = ref facts.Directories[inode];
        if (facts.Copies.HasIndexed || !sound.IsSound(record) || !AdoptChildren(inode))
        {
            return false;
        }
        record.DotDot = sound.DotDot;
        record.HasNames = !sound.Targets.IsEmpty;
        facts.Inodes.AddLinks(sound.Targets);
        facts.Inodes.AddLink(inode);
        return true;
    }

    // False, and nothing is changed: a directory among them has another name, or is this one.
    private bool AdoptChildren(uint inode)
    {
        List<uint> children = sound.Children;
        for (int i = 0; i < children.Count; i++)
        {
            if (!facts.Directories.Has(children[i]) || facts.Directories[children[i]].Parent != 0 || children[i] == inode)
            {
                for (int taken = 0; taken < i; taken++)
                {
                    facts.Directories[children[taken]].Parent = 0;
                }
                return false;
            }
            facts.Directories[children[i]].Parent = inode;
        }
        return true;
    }

    private void CheckDirectory(uint inode)
    {
        ref DirectoryFacts record = ref facts.Directories[inode];
        uint[] blocks = DirectoryBlockList.Read(volume, tree, inode, record.BlockCount);
        bool isIndexed = record.Indexed;
        hasHole = false;
        entries.HasRenamed = false;
        collisions.Begin();
        if (isIndexed)
        {
            index.Begin(blocks);
        }
        for (int i = 0; i < blocks.Length; i++)
        {
            CheckBlock(ref record, blocks[i], (uint)i);
        }
        collisions.Check(inode);
        facts.Inodes.AddLink(inode);
        if (isIndexed && (index.Fault is not null || entries.HasRenamed || hasHole))
        {
            DropIndex(ref record);
        }
    }

    private void CheckBlock(ref DirectoryFacts record, uint number, uint at)
    {
        if (number == 0)
        {
            // One question for all holes of a directory: they are closed together.
            if (!hasHole && reporter.Raise(DirectoryProblems.Hole, new Place { Directory = record.Inode, Index = at }))
            {
                record.Rebuild |= RebuildReasons.Hole;
            }
            hasHole = true;
            return;
        }
        volume.Store.Read(number, block);
        bool changed = at == 0 && dots.CheckReach(block, record.Inode);
        DirectoryFault fault = DirectoryBlock.Check(block, out _);
        if (fault != DirectoryFault.None)
        {
            var place = new Place { Directory = record.Inode, Index = at, Name = fault.ToString() };
            if (!reporter.Raise(DirectoryProblems.Chain, place))
            {
                return;
            }
            ChainSalvage.Repair(block, volume.Geometry.InodeCount);
            changed = true;
        }
        int offset = 0;
        if (at == 0)
        {
            changed |= dots.Check(block, ref record);
            offset = dots.End;
        }
        changed |= CheckRecords(ref record, new EntryPlace(number, offset), at);
        if (changed)
        {
            volume.Store.Write(number, block);
        }
    }

    private bool CheckRecords(ref DirectoryFacts record, EntryPlace place, uint at)
    {
        bool changed = false;
        int length;
        for (int offset = place.Offset; offset < block.Length; offset += length)
        {
            ref DirectoryRecordHeader header = ref UncheckedOverlay.RecordHeader(block, offset);
            length = RecordLength.Decode(header.Length, block.Length);
            var here = new EntryPlace(place.Block, offset);
            changed |= entries.Check(record.Inode, block, here);
            bool isInUse = header.NameLength != 0 && (header.Inode != 0 || (volume.HasFileType && header.Type.IsMark()));
            if (isInUse)
            {
                ReadOnlySpan<byte> name = block.AsSpan(offset + RecordLength.HeaderBytes, header.NameLength);
                record.HasNames = true;
                collisions.Add(name, here);
                if (record.Indexed)
                {
                    index.Meet(at, name);
                }
            }
        }
        return changed;
    }

    // The directory is whole without its index, so the flag goes at once; pass 3 makes a new one when there is room.
    private void DropIndex(ref DirectoryFacts record)
    {
        string fault = index.Fault ?? (hasHole ? "it has a hole" : "a name was changed");
        Problem problem = index.Fault is null || index.IsUnreadable ? DirectoryProblems.Index : DirectoryProblems.IndexTree;
        if (!reporter.Raise(problem, new Place { Directory = record.Inode, Name = fault }))
        {
            return;
        }
        byte[] bytes = volume.ReadInode(record.Inode);
        var view = new InodeView(bytes);
        view.Flags &= ~RawInodeFlags.Indexed;
        volume.WriteInode(record.Inode, bytes);
        record.Indexed = false;
        record.Rebuild |= RebuildReasons.Index;
    }
}
