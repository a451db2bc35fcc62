using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Whether a block looks like the first of a directory.</summary>
internal static class DirectoryLook
{
    private const int DotBytes = 12;

    /// <summary>It begins with "." that leads to <paramref name="inode"/>, and with "..".</summary>
    public static bool IsFirstBlock(Span<byte> block, uint inode)
    {
        ref DirectoryRecordHeader dot = ref UncheckedOverlay.RecordHeader(block, 0);
        ref DirectoryRecordHeader dots = ref UncheckedOverlay.RecordHeader(block, DotBytes);
        return dot.Inode == inode && dot.Length == DotBytes && dot.NameLength == 1 && block[8] == '.'
            && dots.NameLength == 2 && block.Slice(DotBytes + 8, 2).SequenceEqual(".."u8);
    }
}
