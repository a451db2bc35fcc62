using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// What the repair of a damaged top has to keep: every mark in a directory whose inode and blocks the damage spared, every flag, origin and record of an inode that
/// it spared. Read by <see cref="ManifestReader"/>, which shares no code with the checker.
/// </summary>
internal sealed class MarkSurvival(TreeManifest before, V damaged, V repaired)
{
    private const string Origin = "4:ext2u.origin";
    private const string Copy = "4:ext2u.copy";
    private const string Lowers = "4:ext2u.lowers";
    private const uint Opaque = 0x04000000;
    private const uint None = 0x08000000;
    private readonly V intact = before.Image;
    private readonly TreeManifest after = TreeManifest.Of(repaired);

    /// <summary>What was lost, in words.</summary>
    public IEnumerable<string> Losses()
    {
        HashSet<(uint, string, byte)> marks = [.. after.Marks.Select(mark => (mark.Directory, mark.Name, mark.Type))];
        foreach (TreeName mark in before.Marks.Where(mark => IsDirectorySpared(before[mark.Directory]!)))
        {
            if (!marks.Contains((mark.Directory, mark.Name, mark.Type)))
            {
                yield return $"the {(mark.Type == 8 ? "whiteout" : "fallthru")} '{mark.Name}' of directory {mark.Directory} ({before.PathOf(mark.Directory)}) is gone";
            }
        }
        uint index = IndexOf(before);
        bool isIndexSpared = index == 0 || (IsDirectorySpared(before[index]!) && IsDirectorySpared(before[2]!));
        foreach (ManifestInode inode in before.Inodes.Values.Where(IsSpared))
        {
            foreach (string loss in LossesOf(inode, isIndexSpared))
            {
                yield return $"inode {inode.Number} ({before.PathOf(inode.Number)}): {loss}";
            }
        }
        if (isIndexSpared && index != 0 && IndexOf(after) != index)
        {
            yield return "the index of copies is gone";
        }
    }

    private static uint IndexOf(TreeManifest tree) =>
        tree.Inodes.Values.FirstOrDefault(inode => inode.IsDirectory && inode.Names.Exists(name => name.Directory == 2 && name.Name == CopiedTree.Index))?.Number ?? 0;

    private IEnumerable<string> LossesOf(ManifestInode inode, bool isIndexSpared)
    {
        bool isNamed = inode.Number == 2 || inode.IsDirectory || inode.Names.Exists(name => IsDirectorySpared(before[name.Directory]!));
        if (!IsMarked(inode) || !isNamed)
        {
            yield break;
        }
        if (after[inode.Number] is not { } kept)
        {
            // A directory whose blocks are gone may go; what only names it does not.
            if (!inode.IsDirectory || IsDirectorySpared(inode))
            {
                yield return "it is gone";
            }
            yield break;
        }
        if (inode.IsDirectory && (kept.Flags & Opaque) != (inode.Flags & Opaque))
        {
            yield return "it is opaque no more";
        }
        if (inode.IsDirectory && (inode.Flags & None) != 0 && (kept.Flags & None) == 0)
        {
            yield return "it is of origin none no more";
        }
        foreach (string name in (string[])[Origin, Lowers])
        {
            // Numbers that are missing in the table of lowers are added to it.
            if (inode.Attributes.TryGetValue(name, out string? value) && (!kept.Attributes.TryGetValue(name, out string? now) || !now.StartsWith(value, StringComparison.Ordinal)))
            {
                yield return $"{name} was {value}, is {kept.Attributes.GetValueOrDefault(name) ?? "gone"}";
            }
        }
        if (inode.Attributes.TryGetValue(Copy, out string? record) && !IsSame(record, kept.Attributes.GetValueOrDefault(Copy), isIndexSpared))
        {
            yield return $"its record was {record}, is {kept.Attributes.GetValueOrDefault(Copy) ?? "gone"}";
        }
    }

    private static bool IsMarked(ManifestInode inode) =>
        (inode.IsDirectory && (inode.Flags & (Opaque | None)) != 0) || inode.Attributes.Keys.Any(name => name is Origin or Copy or Lowers);

    // Whether a copy is indexed, and how many names it has below, is told anew where the index was hit.
    private static bool IsSame(string record, string? now, bool isIndexSpared) => now == record
        || (!isIndexSpared && now is not null && now.Length == record.Length && now[..2] == record[..2] && now[4..32] == record[4..32] && now[40..] == record[40..]);

    private bool IsDirectorySpared(ManifestInode directory) =>
        IsSpared(directory) && directory.Blocks.Values.All(IsBlockSpared) && directory.Indirect.All(pointer => IsBlockSpared(pointer.Block));

    private bool IsSpared(ManifestInode inode)
    {
        uint group = (inode.Number - 1) / (uint)intact.InodesPerGroup;
        return IsSame(intact.Inode(inode.Number, 0), intact.InodeBytes) && IsSame(intact.Descriptor(group, 0), 32)
            && (inode.AttributeBlock == 0 || IsBlockSpared(inode.AttributeBlock));
    }

    private bool IsBlockSpared(uint block) => IsSame(intact.At(block), intact.BlockBytes);

    private bool IsSame(long at, int bytes) =>
        at + bytes <= damaged.Bytes.Length && intact.Bytes.AsSpan((int)at, bytes).SequenceEqual(damaged.Bytes.AsSpan((int)at, bytes));
}
