using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk.Xattrs;

/// <summary>What a damaged region of attributes still holds. For checkers: nothing else believes a part of a region.</summary>
public static class XattrSalvage
{
    /// <summary>
    /// Lays the attributes that can be read out anew in a buffer of the region's length; answers how many there are. An attribute of a union is kept even where its
    /// hash is wrong: its value has rules of its own, by which it is checked, and dropping it could turn data into zeros.
    /// </summary>
    public static int Rebuild(ReadOnlySpan<byte> region, XattrLayout layout, Span<byte> fresh)
    {
        // Values stay where they lay, for what is written over the damaged region may be torn behind the entries.
        int kept = Lay(region, layout, fresh, true, out bool isWhole);
        return isWhole ? kept : Lay(region, layout, fresh, false, out _);
    }

    private static int Lay(ReadOnlySpan<byte> region, XattrLayout layout, Span<byte> fresh, bool inPlace, out bool isWhole)
    {
        var builder = new XattrBuilder(fresh, layout);
        int kept = 0;
        isWhole = true;
        int next;
        for (int at = layout.FirstEntry; IsEntry(region, at, out next); at = next)
        {
            ref readonly XattrEntryHeader entry = ref MemoryMarshal.AsRef<XattrEntryHeader>(region.Slice(at, XattrEntryHeader.Bytes));
            var name = new XattrName(entry.NameIndex, region.Slice(at + XattrEntryHeader.Bytes, entry.NameLength));
            bool hasName = (!name.Suffix.IsEmpty || name.IsAcl) && !name.Suffix.Contains((byte)0)
                && (entry.NameIndex != 0 || layout == XattrLayout.Inode);
            if (!hasName || !TryValue(region, layout, entry, next, out ReadOnlySpan<byte> value, out ReadOnlySpan<byte> padded))
            {
                continue;
            }

            bool isHashed = (layout == XattrLayout.Inode && entry.Hash == 0) || entry.Hash == XattrHash.OfEntry(name.Suffix, padded);
            if ((!isHashed && !name.IsOfUnions) || new XattrRegion(fresh, layout).TryFind(name, out _))
            {
                continue;
            }

            int place = layout.ValueBase + entry.ValueOffset;
            bool isPlaced = inPlace && !value.IsEmpty
                ? IsFree(fresh, layout, place, padded.Length) && builder.TryAdd(name, value, place)
                : builder.TryAdd(name, value);
            isWhole &= isPlaced;
            kept += isPlaced ? 1 : 0;
        }

        if (layout == XattrLayout.Block)
        {
            builder.FinishBlock();
        }
        else
        {
            builder.FinishInode();
        }

        return kept;
    }

    // Whether no value that was kept before lies there.
    private static bool IsFree(ReadOnlySpan<byte> fresh, XattrLayout layout, int start, int bytes)
    {
        var kept = new XattrRegion(fresh, layout);
        ReadOnlySpan<byte> wanted = fresh.Slice(start, bytes);
        bool isFree = true;
        int at = kept.FirstEntry;
        while (kept.TryRead(ref at, out XattrRecord other))
        {
            isFree &= !wanted.Overlaps(other.Value);
        }

        return isFree;
    }

    private static bool IsEntry(ReadOnlySpan<byte> region, int at, out int next)
    {
        next = 0;
        if (at + XattrEntryHeader.Bytes > region.Length || BinaryPrimitives.ReadUInt32LittleEndian(region[at..]) == 0)
        {
            return false;
        }

        next = at + XattrRegion.EntryBytes(region[at]);
        return next <= region.Length;
    }

    private static bool TryValue(
        ReadOnlySpan<byte> region, XattrLayout layout, in XattrEntryHeader entry, int entryEnd, out ReadOnlySpan<byte> value, out ReadOnlySpan<byte> padded)
    {
        value = default;
        padded = default;
        if (entry.ValueInode != 0)
        {
            return false;
        }

        if (entry.ValueSize == 0)
        {
            return true;
        }

        int start = layout.ValueBase + entry.ValueOffset;
        if (entry.ValueSize > region.Length || entry.ValueOffset % 4 != 0 || start < entryEnd
            || start + XattrRegion.Padded((int)(uint)entry.ValueSize) > region.Length)
        {
            return false;
        }

        value = region.Slice(start, (int)(uint)entry.ValueSize);
        padded = region.Slice(start, XattrRegion.Padded((int)(uint)entry.ValueSize));
        return true;
    }
}
