namespace Ext2Union.Vfs;

/// <summary>What stat(2) shows of an inode, and its inode flags. Filled in by <see cref="Inode.GetAttributes"/>.</summary>
public struct Attributes
{
    /// <summary>Inode number, unique in its file system and fixed for the life of the object.</summary>
    public ulong Inode;
    /// <summary>Changes when an inode number is given to a new object.</summary>
    public uint Generation;
    /// <summary>Type and permission bits: <c>st_mode</c>.</summary>
    public uint Mode;
    /// <summary>Hard links; of a directory 2 + subdirectories, or 1 where that is not known.</summary>
    public uint LinkCount;
    /// <summary>Owner.</summary>
    public uint UserId;
    /// <summary>Group.</summary>
    public uint GroupId;
    /// <summary>Of a device node: what it stands for. Else zero.</summary>
    public DeviceNumber Device;
    /// <summary>Bytes; of a symlink the length of its target.</summary>
    public long Size;
    /// <summary>Space in use, in units of 512 bytes.</summary>
    public long Blocks;
    /// <summary>Preferred size of an I/O, bytes.</summary>
    public uint BlockSize;
    /// <summary>Last access.</summary>
    public Timestamp AccessTime;
    /// <summary>Last change of content.</summary>
    public Timestamp ModifyTime;
    /// <summary>Last change of the inode.</summary>
    public Timestamp ChangeTime;
    /// <summary>Creation; zero seconds where the layer does not know it.</summary>
    public Timestamp BirthTime;
    /// <summary>Inode flags as chattr(1) sets them.</summary>
    public InodeFlags Flags;

    /// <summary>What the inode is.</summary>
    public readonly InodeKind Kind => ModeBits.KindOf(Mode);
}
