using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk.Xattrs;

/// <summary>Head of one attribute; its name follows, padded to 4 bytes (kernel <c>struct ext2_xattr_entry</c>, <c>struct ext4_xattr_entry</c>).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct XattrEntryHeader
{
    /// <summary>Bytes on disk, without the name.</summary>
    public const int Bytes = 16;

    /// <summary>e_name_len.</summary>
    public byte NameLength;
    /// <summary>e_name_index: see <see cref="XattrName"/>.</summary>
    public byte NameIndex;
    /// <summary>e_value_offs: from the start of the block, or from the first entry in an inode.</summary>
    public Le16 ValueOffset;
    /// <summary>e_value_inum (ea_inode; e_value_block of ext2): 0, the value lies here.</summary>
    public Le32 ValueInode;
    /// <summary>e_value_size.</summary>
    public Le32 ValueSize;
    /// <summary>e_hash: of name and value; 0 in an inode.</summary>
    public Le32 Hash;
}
