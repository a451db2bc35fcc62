using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>
/// What follows the first 128 bytes of a larger inode (tail of the kernel's <c>struct ext4_inode</c>). A field exists only where
/// <see cref="ExtraSize"/> covers it: go through <see cref="InodeView"/>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct RawInodeExtra
{
    /// <summary>Bytes known to this project: to the end of i_projid.</summary>
    public const int Bytes = 32;

    /// <summary>i_extra_isize: bytes in use behind the first 128, itself included.</summary>
    public Le16 ExtraSize;
    /// <summary>i_checksum_hi.</summary>
    public Le16 ChecksumHigh;
    /// <summary>i_ctime_extra: nanoseconds &lt;&lt; 2 | epoch.</summary>
    public Le32 ChangeTimeExtra;
    /// <summary>i_mtime_extra.</summary>
    public Le32 ModifyTimeExtra;
    /// <summary>i_atime_extra.</summary>
    public Le32 AccessTimeExtra;
    /// <summary>i_crtime: creation.</summary>
    public Le32 BirthTime;
    /// <summary>i_crtime_extra.</summary>
    public Le32 BirthTimeExtra;
    /// <summary>i_version_hi.</summary>
    public Le32 VersionHigh;
    /// <summary>i_projid.</summary>
    public Le32 ProjectId;
}
