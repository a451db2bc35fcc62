using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk.Xattrs;

/// <summary>Head of a block of extended attributes (kernel <c>struct ext2_xattr_header</c>).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct XattrBlockHeader
{
    /// <summary>Bytes on disk.</summary>
    public const int Bytes = 32;

    /// <summary>EXT2_XATTR_MAGIC; the attributes within an inode begin with it too.</summary>
    public const uint MagicNumber = 0xEA020000;

    /// <summary>EXT2_XATTR_REFCOUNT_MAX: inodes that may share a block.</summary>
    public const uint MaximumReferences = 1024;

    /// <summary>h_magic.</summary>
    public Le32 Magic;
    /// <summary>h_refcount: inodes whose i_file_acl names this block.</summary>
    public Le32 References;
    /// <summary>h_blocks: always 1.</summary>
    public Le32 Blocks;
    /// <summary>h_hash: of all entries, 0 when the block is not to be shared.</summary>
    public Le32 Hash;
    /// <summary>h_checksum (metadata_csum).</summary>
    public Le32 Checksum;
    /// <summary>h_reserved.</summary>
    private readonly Words2 reserved;
    private readonly Le32 reservedLast;
}
