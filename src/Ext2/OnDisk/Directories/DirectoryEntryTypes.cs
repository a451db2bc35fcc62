using Ext2Union.Vfs;

namespace Ext2Union.Ext2.OnDisk.Directories;

/// <summary>Between <see cref="DirectoryEntryType"/> and what an inode is.</summary>
public static class DirectoryEntryTypes
{
    /// <summary>Whether the type is one of a mark.</summary>
    public static bool IsMark(this DirectoryEntryType type) => type is DirectoryEntryType.Whiteout or DirectoryEntryType.Fallthru;

    /// <summary>The type that an entry of such an inode carries.</summary>
    public static DirectoryEntryType Of(InodeKind kind) => kind switch
    {
        InodeKind.File => DirectoryEntryType.File,
        InodeKind.Directory => DirectoryEntryType.Directory,
        InodeKind.CharacterDevice => DirectoryEntryType.CharacterDevice,
        InodeKind.BlockDevice => DirectoryEntryType.BlockDevice,
        InodeKind.Fifo => DirectoryEntryType.Fifo,
        InodeKind.Socket => DirectoryEntryType.Socket,
        InodeKind.Symlink => DirectoryEntryType.Symlink,
        _ => DirectoryEntryType.Unknown,
    };

    /// <summary>What an entry of this type leads to; <see cref="InodeKind.Unknown"/> where the type does not tell.</summary>
    public static InodeKind ToKind(this DirectoryEntryType type) => type switch
    {
        DirectoryEntryType.File => InodeKind.File,
        DirectoryEntryType.Directory => InodeKind.Directory,
        DirectoryEntryType.CharacterDevice => InodeKind.CharacterDevice,
        DirectoryEntryType.BlockDevice => InodeKind.BlockDevice,
        DirectoryEntryType.Fifo => InodeKind.Fifo,
        DirectoryEntryType.Socket => InodeKind.Socket,
        DirectoryEntryType.Symlink => InodeKind.Symlink,
        _ => InodeKind.Unknown,
    };
}
