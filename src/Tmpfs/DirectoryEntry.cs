using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs;

/// <summary>One place in a directory: a name and what stands under it, or the gap that a removed name left.</summary>
internal struct DirectoryEntry
{
    /// <summary>The name; null in a gap.</summary>
    public byte[]? Name;
    /// <summary>The name's hash.</summary>
    public int Hash;
    /// <summary>Next entry of the same hash chain, plus one; 0 ends it.</summary>
    public int Next;
    /// <summary>Rises from entry to entry and stays with the name; it continues an enumeration behind this entry.</summary>
    public long Cookie;
    /// <summary>What stands here.</summary>
    public SlotKind Slot;
    /// <summary>The object of an ordinary entry.</summary>
    public ITmpfsInode? Inode;
}
