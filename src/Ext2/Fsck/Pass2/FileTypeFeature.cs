using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// A volume that lost the feature filetype: pass 2 would take its file types for damage and clear them, and with them all marks of a union. Types in the root directory are not
/// enough, for whoever takes the feature away from plain ext2 leaves them to the next check; a backup with a union's features, or what only tops of unions hold, is.
/// </summary>
internal sealed class FileTypeFeature(CheckedVolume volume, Reporter reporter, InodeFacts facts)
{
    // EXT2_OS_HURD: on its volumes the feature is dropped on purpose, while backups still have it.
    private const uint HurdCreator = 1;
    private readonly BlockTree tree = new(volume);
    private readonly byte[] block = new byte[volume.BlockBytes];

    /// <summary>Brings the feature back. A check that may write nothing looks at the volume as if that were done.</summary>
    public void Check()
    {
        bool isNotMissed = volume.HasFileType || volume.Superblock.Revision == 0 || volume.Superblock.CreatorOs == HurdCreator;
        if (isNotMissed || !HasTypesInRoot() || Evidence() is not { } evidence)
        {
            return;
        }
        if (reporter.Raise(SuperblockProblems.NoFileType, new Place { Name = evidence }) || reporter.Mode == CheckMode.No)
        {
            volume.Superblock.Incompat = (uint)((IncompatFeatures)(uint)volume.Superblock.Incompat | IncompatFeatures.FileType);
            volume.IsHeaderChanged = true;
            volume.AreBackupsStale = true;
        }
    }

    private bool HasTypesInRoot()
    {
        uint root = InodeNumber.Root.Value;
        if (!facts.Directories.Has(root) || !volume.IsLegal(facts.Directories[root].FirstBlock))
        {
            return false;
        }
        volume.Store.Read(facts.Directories[root].FirstBlock, block);
        return IsTyped(0) || IsTyped(RecordLength.Needed(1));
    }

    private bool IsTyped(int offset) => UncheckedOverlay.RecordHeader(block, offset).Type == DirectoryEntryType.Directory && block[offset + RecordLength.HeaderBytes] == '.';

    private string? Evidence() =>
        HasMarkedBackup() ? "a backup says that it is the top of a union" : facts.HasOpaque || facts.Copies.NeedFallthru ? "it was the top of a union" : HasMark() ? "it has marks of a union" : null;

    private bool HasMarkedBackup()
    {
        Geometry geometry = volume.Geometry;
        byte[] copy = new byte[Superblock.Bytes];
        for (uint group = 1; group < geometry.GroupCount; group++)
        {
            if (!geometry.HasSuperblock(group))
            {
                continue;
            }
            volume.Store.ReadBytes((long)geometry.SuperblockOf(group).Value << geometry.BlockBits, copy);
            ref readonly Superblock backup = ref Overlay.ReadSuperblock(copy);
            bool isOfVolume = backup.Magic == Superblock.MagicNumber && backup.BlocksCount == volume.Superblock.BlocksCount
                && backup.InodesPerGroup == volume.Superblock.InodesPerGroup && backup.BlockGroup == (ushort)group;
            var features = (IncompatFeatures)(uint)backup.Incompat;
            if (isOfVolume && (features & IncompatFeatures.FileType) != 0 && (features & (IncompatFeatures.Whiteout | IncompatFeatures.Fallthru)) != 0)
            {
                return true;
            }
        }
        return false;
    }

    private bool HasMark()
    {
        foreach (ref DirectoryFacts directory in facts.Directories.All)
        {
            reporter.CheckCancelled();
            foreach (uint number in DirectoryBlockList.Read(volume, tree, directory.Inode, directory.BlockCount))
            {
                if (number != 0 && HasMark(number))
                {
                    return true;
                }
            }
        }
        return false;
    }

    private bool HasMark(uint number)
    {
        volume.Store.Read(number, block);
        if (DirectoryBlock.TryOpen(block, true, out DirectoryBlock records) != DirectoryFault.None)
        {
            return false;
        }
        foreach (DirectoryRecord record in records)
        {
            if (record.IsMark && record.Inode.Value == 0 && record.Name.Length != 0 && record.Name.IndexOfAny((byte)0, (byte)'/') < 0)
            {
                return true;
            }
        }
        return false;
    }
}
