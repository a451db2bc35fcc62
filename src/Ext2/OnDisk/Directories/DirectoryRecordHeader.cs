using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk.Directories;

/// <summary>What stands before the name in a directory record: <c>struct ext2_dir_entry_2</c>.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct DirectoryRecordHeader
{
    /// <summary><c>inode</c>: zero when the record is free or a mark.</summary>
    public Le32 Inode;
    /// <summary><c>rec_len</c>, see <see cref="RecordLength"/>.</summary>
    public Le16 Length;
    /// <summary><c>name_len</c>. Without the filetype feature it has 16 bits; its high byte is then <see cref="Type"/>, and zero.</summary>
    public byte NameLength;
    /// <summary><c>file_type</c>.</summary>
    public DirectoryEntryType Type;
}
