using Ext2Union.Ext2.OnDisk.Directories;

namespace Ext2Union.Ext2.Fsck;

/// <summary>One name of a directory that is written anew: an entry, or a mark with inode 0.</summary>
internal readonly record struct NamedRecord(byte[] Name, uint Inode, DirectoryEntryType Type, uint Major, uint Minor);
