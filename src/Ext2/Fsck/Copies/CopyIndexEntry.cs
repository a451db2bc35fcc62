using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Ext2.OnDisk.Unions;

namespace Ext2Union.Ext2.Fsck;

/// <summary>An entry of the index of copies, or what stands in its place.</summary>
internal readonly record struct CopyIndexEntry(uint Inode, byte[] Name, DirectoryEntryType Type, EntryPlace Place)
{
    /// <summary>Whether the name is one the index can hold.</summary>
    public bool IsKey => CopyIndexName.TryParse(Name, out _, out _);
}
