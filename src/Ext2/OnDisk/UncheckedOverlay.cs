using System.Runtime.InteropServices;
using Ext2Union.Ext2.OnDisk.Directories;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>Structures over bytes that have not been proved sound: what a checker needs to see before it repairs. Nothing else uses these.</summary>
public static class UncheckedOverlay
{
    /// <summary>The head of a directory record at any offset with 8 bytes behind it.</summary>
    public static ref DirectoryRecordHeader RecordHeader(Span<byte> block, int offset) =>
        ref MemoryMarshal.AsRef<DirectoryRecordHeader>(block.Slice(offset, RecordLength.HeaderBytes));

    /// <summary>The extra part of an inode of at least 160 bytes, whatever its stored size says.</summary>
    public static ref RawInodeExtra InodeExtra(Span<byte> inode) =>
        ref MemoryMarshal.AsRef<RawInodeExtra>(inode.Slice(RawInode.Bytes, RawInodeExtra.Bytes));
}
