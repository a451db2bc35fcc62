using Ext2Union.Vfs;

namespace Ext2Union.Linux.Directories;

/// <summary>What statx(2) says of a name or a descriptor.</summary>
public struct EntryStatus
{
    /// <summary>What stat(2) shows; the inode number is that of <see cref="Volume"/>. Of the flags those that statx knows.</summary>
    public Attributes Attributes;
    /// <summary>The device number of the file system it lies in.</summary>
    public DeviceNumber Volume;
    /// <summary>The mount it was reached through.</summary>
    public ulong MountId;
}
