using Ext2Union.Ext2.OnDisk.Directories;

namespace Ext2Union.Ext2.Fsck;

/// <summary>A record of a directory, taken out of its block.</summary>
internal readonly record struct DirectoryRecordCopy(byte[] Name, uint Inode, DirectoryEntryType Type);
