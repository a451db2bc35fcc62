using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>One record of a directory, neither "." nor ".." in their places: an entry, a mark, or free room.</summary>
internal sealed class EntryCheck(CheckedVolume volume, Reporter reporter, InodeFacts facts)
{
    private const byte LastType = (byte)DirectoryEntryType.Fallthru;
    private uint directory;

    /// <summary>Links to directories that have one already; decided when all ".." are known.</summary>
    public List<SecondLink> SecondLinks { get; } = [];

    /// <summary>A name was changed, so the directory's order by hash may be broken.</summary>
    public bool HasRenamed { get; set; }

    /// <summary>Checks a record. True: the block was changed. Afterwards the record is in use if and only if its name counts.</summary>
    public bool Check(uint inDirectory, Span<byte> block, EntryPlace place)
    {
        directory = inDirectory;
        ref DirectoryRecordHeader header = ref UncheckedOverlay.RecordHeader(block, place.Offset);
        Span<byte> name = block.Slice(place.Offset + RecordLength.HeaderBytes, header.NameLength);
        bool changed = false;
        if (header.Inode == 0)
        {
            return volume.HasFileType && CheckWithoutInode(ref header, name);
        }
        if (volume.HasFileType && header.Type.IsMark())
        {
            changed = CheckMarkWithInode(ref header, name);
            if (header.Type.IsMark())
            {
                return changed | (header.Inode == 0 && CheckWithoutInode(ref header, name));
            }
        }
        if (FindFault(ref header, name) is { } problem)
        {
            return Clear(problem, ref header, name) || changed;
        }
        changed |= CheckName(name, ref header);
        changed |= CheckType(ref header, name);
        Count(header.Inode, name, place);
        return changed;
    }

    private bool CheckWithoutInode(ref DirectoryRecordHeader header, Span<byte> name)
    {
        if (!header.Type.IsMark() || name.IsEmpty)
        {
            bool isUnknown = (byte)header.Type > LastType && !name.IsEmpty;
            if (!isUnknown || !Raise(UnionProblems.UnknownType, ref header, name, (byte)header.Type))
            {
                return false;
            }
            header.Type = DirectoryEntryType.Unknown;
            return true;
        }
        bool isDots = name is [(byte)'.'] or [(byte)'.', (byte)'.'];
        if (isDots || name.ContainsAny((byte)'/', (byte)0))
        {
            if (Raise(isDots ? UnionProblems.MarkDot : UnionProblems.MarkBadName, ref header, name))
            {
                header.Type = DirectoryEntryType.Unknown;
                return true;
            }
        }
        facts.Statistics.Whiteouts += header.Type == DirectoryEntryType.Whiteout ? 1 : 0;
        facts.Statistics.Fallthrus += header.Type == DirectoryEntryType.Fallthru ? 1 : 0;
        return false;
    }

    // Where a mark turns into an entry, the number is written before the type: a write torn between the two is finished here.
    private bool CheckMarkWithInode(ref DirectoryRecordHeader header, Span<byte> name)
    {
        InodeKind kind = IsNamable(header.Inode) ? facts.Inodes.KindOf(header.Inode) : 0;
        if (kind != 0 && !name.IsEmpty)
        {
            if (Raise(UnionProblems.MarkToEntry, ref header, name))
            {
                header.Type = DirectoryEntryTypes.Of(kind);
                return true;
            }
        }
        else if (Raise(UnionProblems.MarkNumber, ref header, name))
        {
            header.Inode = 0;
            return true;
        }
        return false;
    }

    private Problem? FindFault(ref DirectoryRecordHeader header, Span<byte> name)
    {
        if (name.IsEmpty)
        {
            return DirectoryProblems.NoName;
        }
        if (name is [(byte)'.'] or [(byte)'.', (byte)'.'])
        {
            return DirectoryProblems.SecondDot;
        }
        uint inode = header.Inode;
        if (inode == InodeNumber.Root.Value)
        {
            return DirectoryProblems.LinkToRoot;
        }
        if (!IsNamable(inode))
        {
            return DirectoryProblems.BadInode;
        }
        return facts.Inodes.IsUsed(inode) ? null : DirectoryProblems.Unused;
    }

    private bool IsNamable(uint inode) => inode >= volume.FirstInode && inode <= volume.Geometry.InodeCount;

    private bool Clear(Problem problem, ref DirectoryRecordHeader header, Span<byte> name)
    {
        if (!Raise(problem, ref header, name))
        {
            return false;
        }
        header.Inode = 0;
        header.Type = DirectoryEntryType.Unknown;
        return true;
    }

    private bool CheckName(Span<byte> name, ref DirectoryRecordHeader header)
    {
        if (!name.ContainsAny((byte)'/', (byte)0) || !Raise(DirectoryProblems.BadName, ref header, name))
        {
            return false;
        }
        // A name of full stops alone would be one of the two that every directory has.
        byte replacement = name.Length <= 2 ? (byte)'_' : (byte)'.';
        for (int i = 0; i < name.Length; i++)
        {
            name[i] = name[i] is (byte)'/' or 0 ? replacement : name[i];
        }
        HasRenamed = true;
        return true;
    }

    private bool CheckType(ref DirectoryRecordHeader header, Span<byte> name)
    {
        DirectoryEntryType expected =
            volume.HasFileType ? DirectoryEntryTypes.Of(facts.Inodes.KindOf(header.Inode)) : DirectoryEntryType.Unknown;
        if (header.Type == expected)
        {
            return false;
        }
        Problem problem = DirectoryProblems.OfType(volume.HasFileType, header.Type);
        if (!Raise(problem, ref header, name, (byte)header.Type, (byte)expected))
        {
            return false;
        }
        header.Type = expected;
        return true;
    }

    private void Count(uint inode, ReadOnlySpan<byte> name, EntryPlace place)
    {
        if (facts.Copies.HasIndexed)
        {
            facts.Copies.MeetEntry(directory, name, inode);
        }
        if (facts.Directories.Has(inode))
        {
            ref DirectoryFacts child = ref facts.Directories[inode];
            if (child.Parent != 0 || inode == directory)
            {
                SecondLinks.Add(new SecondLink(directory, inode, place));
                return;
            }
            child.Parent = directory;
        }
        facts.Inodes.AddLink(inode);
    }

    private bool Raise(Problem problem, ref DirectoryRecordHeader header, Span<byte> name, long found = 0, long expected = 0) =>
        reporter.Raise(problem, new Place
        {
            Directory = directory,
            Inode = header.Inode,
            Name = Place.Show(name),
            Found = found,
            Expected = expected,
        });
}
