using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>The first 128 bytes of an inode (kernel <c>struct ext2_inode</c>, Linux variant of the OS-dependent parts).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct RawInode
{
    /// <summary>Bytes on disk (EXT2_GOOD_OLD_INODE_SIZE).</summary>
    public const int Bytes = 128;

    /// <summary>Bytes of <see cref="Block"/>: the longest fast symlink is one less.</summary>
    public const int BlockBytes = 60;

    /// <summary>i_mode: type and permissions.</summary>
    public Le16 Mode;
    /// <summary>i_uid, low half.</summary>
    public Le16 UserIdLow;
    /// <summary>i_size, low half.</summary>
    public Le32 SizeLow;
    /// <summary>i_atime.</summary>
    public Le32 AccessTime;
    /// <summary>i_ctime.</summary>
    public Le32 ChangeTime;
    /// <summary>i_mtime.</summary>
    public Le32 ModifyTime;
    /// <summary>i_dtime: when it was deleted; of an orphan the next orphan's number.</summary>
    public Le32 DeletionTime;
    /// <summary>i_gid, low half.</summary>
    public Le16 GroupIdLow;
    /// <summary>i_links_count.</summary>
    public Le16 LinksCount;
    /// <summary>i_blocks: space in use, in units of 512 bytes, indirect and attribute blocks included.</summary>
    public Le32 Blocks512;
    /// <summary>i_flags: see <see cref="RawInodeFlags"/>.</summary>
    public Le32 Flags;
    /// <summary>osd1.linux1.l_i_version, low half.</summary>
    public Le32 VersionLow;
    /// <summary>i_block: twelve direct, one indirect, one double, one triple indirect; or the target of a fast symlink; or a device number.</summary>
    public Words15 Block;
    /// <summary>i_generation.</summary>
    public Le32 Generation;
    /// <summary>i_file_acl: block of extended attributes.</summary>
    public Le32 FileAcl;
    /// <summary>i_size_high of a regular file (i_dir_acl of a directory of revision 0).</summary>
    public Le32 SizeHigh;
    /// <summary>i_faddr, obsolete.</summary>
    public Le32 FragmentAddress;
    /// <summary>l_i_blocks_high (huge_file).</summary>
    public Le16 Blocks512High;
    /// <summary>l_i_file_acl_high (64bit).</summary>
    public Le16 FileAclHigh;
    /// <summary>l_i_uid_high.</summary>
    public Le16 UserIdHigh;
    /// <summary>l_i_gid_high.</summary>
    public Le16 GroupIdHigh;
    /// <summary>l_i_checksum_lo (metadata_csum).</summary>
    public Le16 ChecksumLow;
    /// <summary>l_i_reserved.</summary>
    public Le16 Reserved;
}
