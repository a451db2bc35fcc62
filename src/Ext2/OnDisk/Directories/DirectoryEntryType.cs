namespace Ext2Union.Ext2.OnDisk.Directories;

/// <summary>
/// <c>file_type</c> of a directory record (EXT2_FT_*). Whiteout and fallthru are marks of a union: their record has a name and no inode.
/// </summary>
public enum DirectoryEntryType : byte
{
    /// <summary>Not known; also that of a free record, and of every record on a volume without the filetype feature.</summary>
    Unknown = 0,
    /// <summary>EXT2_FT_REG_FILE.</summary>
    File = 1,
    /// <summary>EXT2_FT_DIR.</summary>
    Directory = 2,
    /// <summary>EXT2_FT_CHRDEV.</summary>
    CharacterDevice = 3,
    /// <summary>EXT2_FT_BLKDEV.</summary>
    BlockDevice = 4,
    /// <summary>EXT2_FT_FIFO.</summary>
    Fifo = 5,
    /// <summary>EXT2_FT_SOCK.</summary>
    Socket = 6,
    /// <summary>EXT2_FT_SYMLINK.</summary>
    Symlink = 7,
    /// <summary>EXT2_FT_WHT: the name is deleted.</summary>
    Whiteout = 8,
    /// <summary>The name is looked up in the layers below.</summary>
    Fallthru = 9,
    /// <summary>EXT4_FT_DIR_CSUM: the checksum tail of metadata_csum. It has no name, so it is free in the sense of ext2.</summary>
    ChecksumTail = 0xDE,
}
