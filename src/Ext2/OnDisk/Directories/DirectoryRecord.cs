using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk.Directories;

/// <summary>One record of a <see cref="DirectoryBlock"/>, seen in place: valid until the block is changed.</summary>
public readonly ref struct DirectoryRecord
{
    private readonly Span<byte> bytes;
    private readonly bool hasFileType;

    internal DirectoryRecord(Span<byte> bytes, int offset, bool hasFileType)
    {
        this.bytes = bytes;
        this.hasFileType = hasFileType;
        Offset = offset;
    }

    /// <summary>Where it begins in its block.</summary>
    public int Offset { get; }

    /// <summary>Bytes to the next record.</summary>
    public int Length => bytes.Length;

    /// <summary>The inode it names; none of a free record or a mark.</summary>
    public InodeNumber Inode => new(Header.Inode);

    /// <summary><c>file_type</c>; <see cref="DirectoryEntryType.Unknown"/> on a volume without the filetype feature.</summary>
    public DirectoryEntryType Type => hasFileType ? Header.Type : DirectoryEntryType.Unknown;

    /// <summary>The name; what is left of one when the record is free.</summary>
    public ReadOnlySpan<byte> Name => bytes.Slice(RecordLength.HeaderBytes, Header.NameLength);

    /// <summary>
    /// Whether the record is in use: it names an inode, or it is a mark with a name. Search, free-room search, splitting and merging
    /// all ask here.
    /// </summary>
    public bool IsInUse
    {
        get
        {
            ref readonly DirectoryRecordHeader header = ref Header;
            return header.Inode != 0 || (hasFileType && header.Type.IsMark() && header.NameLength > 0);
        }
    }

    /// <summary>Whether the record is in use and stands for no inode: a whiteout or a fallthru.</summary>
    public bool IsMark => Header.Inode == 0 && IsInUse;

    /// <summary>Whether this is "." or "..".</summary>
    public bool IsDots => Name is [(byte)'.'] or [(byte)'.', (byte)'.'];

    /// <summary>Whether the name is one that a directory may hold: not empty, without '/' and zero bytes.</summary>
    public bool HasProperName
    {
        get
        {
            ReadOnlySpan<byte> name = Name;
            return !name.IsEmpty && !name.ContainsAny((byte)'/', (byte)0);
        }
    }

    /// <summary>Bytes that the record itself needs; zero when it is free.</summary>
    public int Used => IsInUse ? RecordLength.Needed(Header.NameLength) : 0;

    /// <summary>Bytes behind it that a new record could have. None behind ".": the next record must be "..".</summary>
    public int Room => IsInUse && Name is [(byte)'.'] ? 0 : Length - Used;

    private ref readonly DirectoryRecordHeader Header => ref MemoryMarshal.AsRef<DirectoryRecordHeader>(bytes);
}
