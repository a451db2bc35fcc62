using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// The directory of the index of copies: found in the root, brought back there, made. Without the feature fallthru and without an indexed copy the name is one
/// like others.
/// </summary>
internal sealed class CopyIndexPlace(CheckedVolume volume, Reporter reporter, InodeFacts facts)
{
    private const uint Permissions = 0x1C0;
    private readonly uint root = InodeNumber.Root.Value;
    private readonly DirectoryInserter directories = new(volume, facts);
    private readonly CopyIndexReader reader = new(volume, facts);
    private readonly SecondParents entries = new(volume, reporter, facts);
    private bool isRefused;

    /// <summary>The index; 0 when there is none.</summary>
    public uint Inode { get; private set; }

    /// <summary>Looks for the index and brings it back to the root.</summary>
    public uint Find()
    {
        bool isUnion = volume.Has(IncompatFeatures.Fallthru) || facts.Copies.HasIndexed;
        if (isUnion && directories.Find(root, CopyIndexName.Directory, out uint found, out _) == SlotKind.Inode)
        {
            // A directory that holds names, and neither a key nor an indexed copy among them, is its owner's.
            bool isOthers = facts.Directories.Has(found) && !reader.MayBeIndex(found);
            Inode = facts.Directories.Has(found) && !isOthers ? found : 0;
            isRefused = Inode == 0 && (isOthers || !Unlink(found));
        }
        if (Inode == 0 && !isRefused && MayBringBack(facts.Copies.IndexCandidate))
        {
            BringBack(facts.Copies.IndexCandidate);
        }
        return Inode;
    }

    /// <summary>Makes the directory when there is none. False: there is no room, or a file of its name may not be moved away.</summary>
    public bool Make()
    {
        if (Inode != 0 || isRefused)
        {
            return Inode != 0;
        }
        uint made = directories.MakeDirectory(facts.FindFreeInode(), root, Permissions);
        if (made == 0 || !directories.Insert(root, CopyIndexName.Directory, made, InodeKind.Directory))
        {
            isRefused = true;
            return false;
        }
        facts.Inodes.AddLink(made);
        facts.Directories[made].Parent = root;
        Inode = made;
        return true;
    }

    private bool Unlink(uint found)
    {
        if (!reporter.Raise(CopyProblems.IndexNotDirectory, new Place { Inode = found }) || !entries.TryFind(root, found, CopyIndexName.Directory, out EntryPlace place))
        {
            return false;
        }
        entries.Remove(place);
        facts.Inodes.AddLink(found, -1);
        return true;
    }

    // One without a name, one that an earlier check has put into lost+found, or one whose name in the root lost a letter. Any other directory is its owner's, whatever
    // it holds.
    private bool MayBringBack(uint candidate)
    {
        if (candidate == 0 || candidate == root || !facts.Directories.Has(candidate))
        {
            return false;
        }
        uint parent = facts.Directories[candidate].Parent;
        return parent == 0 || (parent == root && HasDamagedName(candidate, out _))
            || (directories.Find(root, "lost+found"u8, out uint lostAndFound, out _) == SlotKind.Inode && parent == lostAndFound);
    }

    private bool HasDamagedName(uint candidate, out EntryPlace place)
    {
        if (!entries.TryFind(root, candidate, out place))
        {
            return false;
        }
        ReadOnlySpan<byte> name = entries.NameAt(place), wanted = CopyIndexName.Directory;
        int wrong = 0;
        for (int at = 0; at < wanted.Length && name.Length == wanted.Length; at++)
        {
            wrong += name[at] == wanted[at] ? 0 : 1;
        }
        return wrong == 1;
    }

    private void BringBack(uint candidate)
    {
        if (!reporter.Raise(CopyProblems.IndexLost, new Place { Inode = candidate }))
        {
            return;
        }
        uint parent = facts.Directories[candidate].Parent;
        if (parent == root && HasDamagedName(candidate, out EntryPlace place))
        {
            // Where it lies: a full directory of a full volume has room for no second name.
            directories.DropIndex(root);
            entries.Rename(place, CopyIndexName.Directory);
            Inode = candidate;
            return;
        }
        if (!directories.Insert(root, CopyIndexName.Directory, candidate, InodeKind.Directory))
        {
            reporter.TakeBack();
            return;
        }
        facts.Inodes.AddLink(candidate);
        if (parent != 0 && entries.TryFind(parent, candidate, out EntryPlace old))
        {
            volume.Store.Settle();
            entries.Remove(old);
            facts.Inodes.AddLink(candidate, -1);
        }
        facts.Directories[candidate].Parent = root;
        Inode = candidate;
    }
}
