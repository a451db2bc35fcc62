using System.Text;
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

    /// <summary>
    /// Looks for the directory and makes it, as e2fsck does even when nothing is to be put there. On a union that has the name deleted (a whiteout)
    /// it is made only when it is needed.
    /// </summary>
    public void Check()
    {
        SlotKind slot = inserter.Find(Root, Name, out uint found, out _);
        if (slot is SlotKind.Whiteout or SlotKind.Fallthru)
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
        if (inode == 0)
        {
            return Fail(child, "there is no lost+found");
        }
        byte[] name = Encoding.ASCII.GetBytes($"#{child}");
        for (int number = 0; inserter.Find(inode, name, out _, out _) != SlotKind.Absent; number++)
        {
            name = Encoding.ASCII.GetBytes($"#{child}~{number}");
        }
        if (!inserter.Insert(inode, name, child, facts.Inodes.KindOf(child)))
        {
            return Fail(child, "there is no free block");
        }
        facts.Inodes.AddLink(child);
        return true;
    }

    public uint Inode => inode;

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
            return;
        }
        facts.Inodes.AddLink(made);
        facts.Directories[made].Parent = Root;
        inode = made;
    }
}
