using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk.Xattrs;

/// <summary>
/// Attributes as they lie in a block or behind an inode: entries from the front, values from the back. Requires: <see cref="Check"/> found
/// nothing wrong with these bytes, so no reader looks at offsets a second time.
/// </summary>
public readonly ref struct XattrRegion
{
    private const int EndMarkBytes = 4;

    private readonly ReadOnlySpan<byte> bytes;
    private readonly XattrLayout layout;

    /// <summary>Takes a region that is sound. An empty one has no attributes.</summary>
    public XattrRegion(ReadOnlySpan<byte> bytes, XattrLayout layout)
    {
        this.bytes = bytes;
        this.layout = layout;
    }

    /// <summary>Where the first entry lies; what <see cref="TryRead"/> begins with.</summary>
    public int FirstEntry => layout.FirstEntry;

    /// <summary>The header of a block.</summary>
    public static ref XattrBlockHeader HeaderOf(Span<byte> block) => ref MemoryMarshal.AsRef<XattrBlockHeader>(block[..XattrBlockHeader.Bytes]);

    /// <summary>Whether the rest of an inode holds attributes: else what is there means nothing.</summary>
    public static bool HasMagic(ReadOnlySpan<byte> inodeRest) =>
        inodeRest.Length >= XattrLayout.Inode.FirstEntry + EndMarkBytes
        && BinaryPrimitives.ReadUInt32LittleEndian(inodeRest) == XattrBlockHeader.MagicNumber;

    /// <summary>Looks over a block: header and entries.</summary>
    public static XattrFault CheckBlock(ReadOnlySpan<byte> block)
    {
        ref readonly XattrBlockHeader header = ref MemoryMarshal.AsRef<XattrBlockHeader>(block[..XattrBlockHeader.Bytes]);
        if (header.Magic != XattrBlockHeader.MagicNumber)
        {
            return XattrFault.Magic;
        }

        return header.Blocks != 1 || header.References == 0 || header.References > XattrBlockHeader.MaximumReferences
            ? XattrFault.Header
            : Check(block, XattrLayout.Block);
    }

    /// <summary>Looks over the entries of a region: that each, its name and its value lie within and values spare the entries.</summary>
    public static XattrFault Check(ReadOnlySpan<byte> bytes, XattrLayout layout)
    {
        int end = layout.FirstEntry;
        while (true)
        {
            if (end + EndMarkBytes > bytes.Length)
            {
                return XattrFault.EntryOutside;
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[end..]) == 0)
            {
                break;
            }

            if (end + XattrEntryHeader.Bytes > bytes.Length || end + EntryBytes(HeaderAt(bytes, end).NameLength) + EndMarkBytes > bytes.Length)
            {
                return XattrFault.EntryOutside;
            }

            end += EntryBytes(HeaderAt(bytes, end).NameLength);
        }

        for (int at = layout.FirstEntry; at < end; at += EntryBytes(HeaderAt(bytes, at).NameLength))
        {
            ref readonly XattrEntryHeader entry = ref HeaderAt(bytes, at);
            if (bytes.Slice(at + XattrEntryHeader.Bytes, entry.NameLength).Contains((byte)0))
            {
                return XattrFault.Name;
            }

            if (entry.ValueInode != 0)
            {
                return XattrFault.ValueElsewhere;
            }

            int value = layout.ValueBase + entry.ValueOffset;
            if (entry.ValueSize != 0 && (value < end + EndMarkBytes || value > bytes.Length || entry.ValueSize > (uint)(bytes.Length - value)))
            {
                return XattrFault.ValueOutside;
            }
        }

        return XattrFault.None;
    }

    /// <summary>Reads the entry at a place and goes to the next; false at the end.</summary>
    public bool TryRead(scoped ref int at, out XattrRecord record)
    {
        record = default;
        if (bytes.IsEmpty || BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]) == 0)
        {
            return false;
        }

        ref readonly XattrEntryHeader entry = ref HeaderAt(bytes, at);
        XattrName name = new(entry.NameIndex, bytes.Slice(at + XattrEntryHeader.Bytes, entry.NameLength));
        ReadOnlySpan<byte> value = entry.ValueSize == 0 ? [] : bytes.Slice(layout.ValueBase + entry.ValueOffset, (int)(uint)entry.ValueSize);
        record = new XattrRecord(name, value, entry.Hash);
        at += EntryBytes(entry.NameLength);
        return true;
    }

    /// <summary>Finds an attribute.</summary>
    public bool TryFind(scoped XattrName name, out ReadOnlySpan<byte> value)
    {
        int at = FirstEntry;
        while (TryRead(ref at, out XattrRecord record))
        {
            if (record.Name.CompareTo(name) == 0)
            {
                value = record.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Bytes of an entry with a name of this length.</summary>
    public static int EntryBytes(int nameLength) => XattrEntryHeader.Bytes + Padded(nameLength);

    /// <summary>A length with its padding to 4 bytes.</summary>
    public static int Padded(int length) => (length + 3) & ~3;

    private static ref readonly XattrEntryHeader HeaderAt(ReadOnlySpan<byte> bytes, int at) =>
        ref MemoryMarshal.AsRef<XattrEntryHeader>(bytes.Slice(at, XattrEntryHeader.Bytes));
}
