using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>/lost+found: found, made, filled.</summary>
internal sealed class LostAndFound(CheckedVolume volume, Reporter reporter, InodeFacts facts)
{
    private const uint Permissions = 0x1C0;
    private const uint Root = 2;
    private static ReadOnlySpan<byte> Name => "lost+found"u8;
    private readonly DirectoryInserter inserter = new(volume, facts);
    private readonly SecondParents entries = new(volume, reporter, facts);
    private uint inode;
    private bool isRefused;
    private bool isFull;
    private DirectoryTail? tail;

    /// <summary>
    /// Looks for the directory and makes it, as e2fsck does even when nothing is to be put there. On a union that has the name deleted (a whiteout)
    /// it is made only when it is needed.
    /// </summary>
    public void Check()
    {
        SlotKind slot = inserter.Find(Root, Name, out uint found, out _);
        // A check that may write nothing does not miss what it does not need.
        if (slot is SlotKind.Whiteout or SlotKind.Fallthru || (slot == SlotKind.Absent && reporter.Mode == CheckMode.No))
        {
            return;
        }
        if (slot == SlotKind.Inode)
        {
            if (facts.Directories.Has(found))
            {
                inode = found;
                return;
            }
            if (!reporter.Raise(DirectoryProblems.LostFoundNotDirectory, new Place { Inode = found }))
            {
                isRefused = true;
                return;
            }
            if (entries.TryFind(Root, found, out EntryPlace place))
            {
                entries.Remove(place);
                facts.Inodes.AddLink(found, -1);
            }
        }
        Make();
    }

    /// <summary>Gives an inode a name there. False: it stays without.</summary>
    public bool Connect(uint child)
    {
        if (inode == 0 && !isRefused)
        {
            Make();
        }
        uint holder = Holder;
        if (holder == 0)
        {
            return Fail(child, "there is no lost+found");
        }
        if (tail is null || tail.Directory != holder)
        {
            inserter.DropIndex(holder);
            tail = new DirectoryTail(inserter, holder);
        }
        if (!tail.Add(child, facts.Inodes.KindOf(child)))
        {
            return Fail(child, "there is no free block");
        }
        facts.Inodes.AddLink(child);
        return true;
    }

    /// <summary>Directories were written anew: where names can be added is looked up again.</summary>
    public void Forget() => tail = null;

    /// <summary>The directory that what is found goes to: lost+found, or the root where there is no room for it; 0 when it was refused.</summary>
    public uint Holder => inode != 0 ? inode : isFull ? Root : 0;

    private bool Fail(uint child, string why)
    {
        _ = reporter.Raise(DirectoryProblems.CannotConnect, new Place { Inode = child, Name = why });
        reporter.TakeBack();
        return false;
    }

    private void Make()
    {
        if (isRefused || !reporter.Raise(DirectoryProblems.LostFoundMissing))
        {
            isRefused = true;
            return;
        }
        uint made = inserter.MakeDirectory(facts.FindFreeInode(), Root, Permissions);
        if (made == 0 || !inserter.Insert(Root, Name, made, InodeKind.Directory))
        {
            isRefused = true;
            reporter.TakeBack();
            isFull = reporter.Raise(DirectoryProblems.LostFoundNoRoom);
            return;
        }
        facts.Inodes.AddLink(made);
        facts.Directories[made].Parent = Root;
        inode = made;
    }
}
