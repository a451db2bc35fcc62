namespace Ext2Union.Vfs;

/// <summary>What an inode is. The values are <c>S_IFMT &gt;&gt; 12</c>, which is also <c>d_type</c> of getdents(2).</summary>
public enum InodeKind : byte
{
    /// <summary>Not known.</summary>
    Unknown = 0,
    /// <summary>A named pipe.</summary>
    Fifo = 1,
    /// <summary>A character device.</summary>
    CharacterDevice = 2,
    /// <summary>A directory.</summary>
    Directory = 4,
    /// <summary>A block device.</summary>
    BlockDevice = 6,
    /// <summary>A regular file.</summary>
    File = 8,
    /// <summary>A symbolic link.</summary>
    Symlink = 10,
    /// <summary>A local socket.</summary>
    Socket = 12,
}
