namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// What a repair lost that another kept. Objects are known by inode number, names by directory and name. A value is kept when it is what the volume had before the damage;
/// where the other repair does not have that value either, it is kept when it is the other's. To keep more is never a fault.
/// </summary>
internal sealed class TreeComparison(TreeManifest before, VolumeImage damaged, TreeManifest theirs, TreeManifest ours)
{
    // The flag of an index is no content, and those of a union mean nothing to e2fsck.
    private const uint ComparedFlags = ~(0x1000u | 0x0C000000u);

    private readonly List<TreeLoss> losses = [];

    public List<TreeLoss> Run()
    {
        foreach (ManifestInode their in theirs.Inodes.Values)
        {
            ManifestInode? old = before[their.Number];
            // Roots and lost+founds may be new ones.
            if (their.Number == 2 || their.Names.Any(name => name is { Directory: 2, Name: "lost+found" }) || IsMadeByThem(old, their))
            {
                continue;
            }
            if (ours[their.Number] is not { } our)
            {
                Lose($"{(old is null ? "found" : "whole")} {their.KindName}", their.Number, $"{theirs.PathOf(their.Number)}, was {before.PathOf(their.Number)}");
                continue;
            }
            CompareNames(old, their, our);
            if (IsStranger(old, their))
            {
                continue;
            }
            CompareFields(old, their, our);
            CompareContent(old, their, our);
            CompareAttributes(old, their, our);
        }
        return losses;
    }

    // A directory that the repair needed and put into a free inode.
    private bool IsMadeByThem(ManifestInode? old, ManifestInode their)
    {
        long at = before.Image.Inode(their.Number, 0);
        bool hasLinks = damaged.U16(at + VolumeImage.Links) != 0;
        bool wasThere = damaged.U16(at) >> 12 == their.Kind && hasLinks;
        bool wasFree = damaged.U16(at) == 0 && !hasLinks && their.IsDirectory;
        // One that e2fsck made in its first run, and lost and found again in its second.
        bool isNew = their.IsDirectory && Array.TrueForAll(their.Times, time => time == SeededVolume.Now);
        return wasFree || isNew || (!wasThere && old?.Kind != their.Kind);
    }

    // Other bytes lie over the inode: what of them is repaired how is no matter.
    private static bool IsStranger(ManifestInode? old, ManifestInode their) =>
        old is not null && old.Mode != their.Mode && old.Owner != their.Owner && old.Times[2] != their.Times[2] && old.Generation != their.Generation;

    private void CompareNames(ManifestInode? old, ManifestInode their, ManifestInode our)
    {
        if (old is null)
        {
            return;
        }
        foreach (TreeName name in their.Names)
        {
            bool isOld = old.Names.Any(candidate => candidate.Directory == name.Directory && candidate.Name == name.Name);
            if (isOld && !our.Names.Any(candidate => candidate.Directory == name.Directory && candidate.Name == name.Name))
            {
                Lose("name", their.Number, $"{name}; ours: {string.Join(", ", our.Names)}");
            }
        }
    }

    private void CompareFields(ManifestInode? old, ManifestInode their, ManifestInode our)
    {
        Compare("type", their.Number, old?.Kind, their.Kind, our.Kind);
        Compare("mode", their.Number, old?.Mode & 0xFFF, their.Mode & 0xFFF, our.Mode & 0xFFF);
        Compare("owner", their.Number, old?.Owner, their.Owner, our.Owner);
        Compare("group", their.Number, old?.Group, their.Group, our.Group);
        CompareFlags(old, their, our);
        Compare("generation", their.Number, old?.Generation, their.Generation, our.Generation);
        Compare("access time", their.Number, old?.Times[0], their.Times[0], our.Times[0]);
        Compare("change time", their.Number, old?.Times[1], their.Times[1], our.Times[1]);
        Compare("modification time", their.Number, old?.Times[2], their.Times[2], our.Times[2]);
        // Of an inode that ours gives more room the times that theirs has must be the same.
        bool isMore = our.ExtraTimes.StartsWith(their.ExtraTimes, StringComparison.Ordinal);
        Compare("extra times", their.Number, old?.ExtraTimes, their.ExtraTimes, isMore ? their.ExtraTimes : our.ExtraTimes);
        if (!their.IsDirectory)
        {
            Compare("target", their.Number, old?.Target, their.Target, our.Target);
        }
        if (their.IsRegular)
        {
            Compare("size", their.Number, old?.Size, their.Size, our.Size);
        }
    }

    // Bit by bit: each as it was, or as theirs.
    private void CompareFlags(ManifestInode? old, ManifestInode their, ManifestInode our)
    {
        uint differing = (our.Flags ^ their.Flags) & (old is null ? uint.MaxValue : our.Flags ^ old.Flags) & ComparedFlags;
        if (differing != 0)
        {
            Lose("flags", their.Number, $"{before.PathOf(their.Number)}: was {old?.Flags:x}, theirs {their.Flags:x}, ours {our.Flags:x}");
        }
    }

    private void CompareContent(ManifestInode? old, ManifestInode their, ManifestInode our)
    {
        if (!their.IsRegular)
        {
            return;
        }
        foreach (uint fileBlock in their.Blocks.Keys)
        {
            ReadOnlySpan<byte> wanted = theirs.Content(their, fileBlock);
            ReadOnlySpan<byte> have = ours.Content(our, fileBlock);
            if (wanted.IsEmpty || have.SequenceEqual(wanted))
            {
                continue;
            }
            ReadOnlySpan<byte> original = old is null ? [] : before.Content(old, fileBlock);
            if (old is null || !have.SequenceEqual(original))
            {
                string how = have.IsEmpty ? "hole" : "other bytes";
                bool isOriginal = wanted.SequenceEqual(original);
                Lose(
                    $"content ({how}, theirs {(isOriginal ? "original" : "other")})",
                    their.Number,
                    $"{before.PathOf(their.Number)} block {fileBlock}: theirs at {their.Blocks[fileBlock]}, ours at {our.Blocks.GetValueOrDefault(fileBlock)}");
                return;
            }
        }
    }

    private void CompareAttributes(ManifestInode? old, ManifestInode their, ManifestInode our)
    {
        foreach ((string name, string value) in their.Attributes)
        {
            string? original = old?.Attributes.GetValueOrDefault(name);
            string? have = our.Attributes.GetValueOrDefault(name);
            if (have != value && (old is null || have != original))
            {
                Lose("attribute", their.Number, $"{name}: was {Short(original)}, theirs {Short(value)}, ours {Short(have)}");
            }
        }
    }

    private void Compare<T>(string what, uint inode, T? old, T their, T our)
    {
        var comparer = EqualityComparer<T?>.Default;
        if (!comparer.Equals(their, our) && (old is null || !comparer.Equals(our, old)))
        {
            Lose(what, inode, $"{before.PathOf(inode)}: was {old}, theirs {their}, ours {our}");
        }
    }

    private void Lose(string what, uint inode, string text) => losses.Add(new TreeLoss(what, inode, $"inode {inode} {text}"));

    private static string Short(string? value) => value is null ? "none" : value.Length <= 24 ? value : $"{value[..24]}... ({value.Length / 2} bytes)";
}
