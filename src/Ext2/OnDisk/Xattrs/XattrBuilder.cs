using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk.Xattrs;

/// <summary>
/// Lays attributes out anew in a buffer of zeros: entries sorted from the front, values packed from the back. A region is never changed
/// in place, so nothing that a strange tool left in it (gaps, values that overlap) can do harm.
/// </summary>
public ref struct XattrBuilder
{
    private const int EndMarkBytes = 4;

    private readonly Span<byte> bytes;
    private readonly XattrLayout layout;
    private int entriesEnd;
    private int valuesStart;

    /// <summary>Begins in a buffer, which is cleared.</summary>
    public XattrBuilder(Span<byte> bytes, XattrLayout layout)
    {
        this.bytes = bytes;
        this.layout = layout;
        bytes.Clear();
        entriesEnd = layout.FirstEntry;
        valuesStart = bytes.Length & ~3;
    }

    /// <summary>Whether nothing was added.</summary>
    public readonly bool IsEmpty => entriesEnd == layout.FirstEntry;

    /// <summary>Adds all of a region but one.</summary>
    public bool TryAddAllBut(scoped XattrRegion region, scoped XattrName name)
    {
        int at = region.FirstEntry;
        while (region.TryRead(ref at, out XattrRecord record))
        {
            if (record.Name.CompareTo(name) != 0 && !TryAdd(record.Name, record.Value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Adds an attribute whose name is not there yet; false when it does not fit.</summary>
    public bool TryAdd(scoped XattrName name, scoped ReadOnlySpan<byte> value) =>
        TryAdd(name, value, valuesStart - XattrRegion.Padded(value.Length));

    /// <summary>
    /// Adds an attribute with its value at a byte of the region, which no value that was added before has; false when it does not fit. For a region that is written
    /// over its former self: values that stay where they are survive a write that is torn behind the entries.
    /// </summary>
    public bool TryAdd(scoped XattrName name, scoped ReadOnlySpan<byte> value, int place)
    {
        int entryBytes = XattrRegion.EntryBytes(name.Suffix.Length);
        int valueBytes = XattrRegion.Padded(value.Length);
        int lowest = Math.Min(valuesStart, place);
        if (entriesEnd + entryBytes + EndMarkBytes > lowest || place + valueBytes > bytes.Length)
        {
            return false;
        }

        int at = PlaceOf(name);
        bytes[at..entriesEnd].CopyTo(bytes[(at + entryBytes)..]);
        bytes.Slice(at, entryBytes).Clear();
        entriesEnd += entryBytes;
        valuesStart = lowest;
        value.CopyTo(bytes[place..]);
        ref XattrEntryHeader entry = ref MemoryMarshal.AsRef<XattrEntryHeader>(bytes.Slice(at, XattrEntryHeader.Bytes));
        entry.NameLength = (byte)name.Suffix.Length;
        entry.NameIndex = name.Index;
        entry.ValueOffset = (ushort)(value.IsEmpty ? 0 : place - layout.ValueBase);
        entry.ValueSize = (uint)value.Length;
        name.Suffix.CopyTo(bytes[(at + XattrEntryHeader.Bytes)..]);
        if (layout == XattrLayout.Block)
        {
            entry.Hash = XattrHash.OfEntry(name.Suffix, bytes.Slice(place, valueBytes));
        }

        return true;
    }

    /// <summary>Ends a block that one inode refers to: header and hash.</summary>
    public readonly void FinishBlock()
    {
        ref XattrBlockHeader header = ref XattrRegion.HeaderOf(bytes);
        header.Magic = XattrBlockHeader.MagicNumber;
        header.References = 1;
        header.Blocks = 1;
        uint hash = 0;
        XattrRegion region = new(bytes, layout);
        int at = region.FirstEntry;
        while (region.TryRead(ref at, out XattrRecord record))
        {
            if (record.Hash == 0)
            {
                hash = 0;
                break;
            }

            hash = XattrHash.Add(hash, record.Hash);
        }

        header.Hash = hash;
    }

    /// <summary>Ends the rest of an inode: without attributes it has no magic number either.</summary>
    public readonly void FinishInode()
    {
        if (!IsEmpty)
        {
            Le32 magic = XattrBlockHeader.MagicNumber;
            Overlay.BytesOf(ref magic).CopyTo(bytes);
        }
    }

    private readonly int PlaceOf(scoped XattrName name)
    {
        XattrRegion region = new(bytes, layout);
        int at = region.FirstEntry;
        int place = at;
        while (region.TryRead(ref at, out XattrRecord record) && record.Name.CompareTo(name) < 0)
        {
            place = at;
        }

        return place;
    }
}
