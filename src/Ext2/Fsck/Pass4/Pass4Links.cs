using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Checks: every inode in use has a name, and as many links as names. Gathers: nothing. Relies on: links found by passes 2 and 3.
/// Leaves: no inode without a name; link counts right.
/// </summary>
internal static class Pass4Links
{
    // Beyond it e2fsck does not tell counts apart.
    private const int MostLinks = 65500;

    public static void Run(CheckedVolume volume, Reporter reporter, InodeFacts facts, LostAndFound lostAndFound)
    {
        foreach (uint inode in facts.Copies.Nameless)
        {
            _ = reporter.Raise(DirectoryProblems.Unattached, new Place { Inode = inode }) && lostAndFound.Connect(inode);
        }
        uint count = volume.Geometry.InodeCount;
        for (long next = 1; next <= count;)
        {
            long found = facts.Inodes.FindWrongLinks(next, out long end);
            if (found == end)
            {
                next = end;
                reporter.Progress(4, Math.Min(end, count), count);
                continue;
            }
            next = found + 1;
            uint inode = (uint)found;
            bool isNamable = inode == InodeNumber.Root.Value || inode >= volume.FirstInode;
            if (!isNamable)
            {
                continue;
            }
            if (facts.Inodes.FoundLinks(inode) == 0 && !Attach(volume, reporter, facts, lostAndFound, inode))
            {
                continue;
            }
            CheckCount(volume, reporter, facts, inode);
        }
        // What was connected may have grown the directory that it was put into.
        if (lostAndFound.Holder is not 0 and uint holder)
        {
            CheckCount(volume, reporter, facts, holder);
        }
        reporter.Progress(4, count, count);
    }

    // True: the inode stays, with a name.
    private static bool Attach(CheckedVolume volume, Reporter reporter, InodeFacts facts, LostAndFound lostAndFound, uint inode)
    {
        byte[] bytes = volume.ReadInode(inode);
        var view = new InodeView(bytes);
        var place = new Place { Inode = inode };
        // An attribute may be all that a file is for.
        bool isEmpty = view.Kind == InodeKind.File && view.Raw.Blocks512 == 0 && view.Size == 0 && !XattrRegion.HasMagic(view.Bytes[view.AttributesOffset..]);
        if (!isEmpty)
        {
            return reporter.Raise(DirectoryProblems.Unattached, place) && lostAndFound.Connect(inode);
        }
        if (reporter.Raise(DirectoryProblems.UnattachedEmpty, place))
        {
            view.Raw.LinksCount = 0;
            view.Raw.DeletionTime = volume.Now;
            volume.WriteInode(inode, bytes);
            facts.Statistics.Remove(view.Kind);
            facts.Inodes.Set(inode, 0, 0);
        }
        return false;
    }

    private static void CheckCount(CheckedVolume volume, Reporter reporter, InodeFacts facts, uint inode)
    {
        int stored = Math.Min(facts.Inodes.StoredLinks(inode), MostLinks);
        int found = Math.Min(facts.Inodes.FoundLinks(inode), MostLinks);
        if (stored == found)
        {
            return;
        }
        bool isOverflow = stored == 1 && found > 1 && facts.Directories.Has(inode) && facts.Directories[inode].Indexed;
        Problem problem = isOverflow ? DirectoryProblems.LinkOverflow : DirectoryProblems.LinkCount;
        if (!reporter.Raise(problem, new Place { Inode = inode, Found = stored, Expected = found }))
        {
            return;
        }
        byte[] bytes = volume.ReadInode(inode);
        var view = new InodeView(bytes);
        view.Raw.LinksCount = (ushort)found;
        volume.WriteInode(inode, bytes);
        facts.Inodes.Set(inode, facts.Inodes.KindOf(inode), found);
    }
}
