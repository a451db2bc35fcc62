using System.Buffers.Binary;

namespace Ext2Union.Ext2.OnDisk.Xattrs;

/// <summary>
/// Proves the extended attributes of an attribute block (<c>ext2_xattr_header</c>) or of an inode's tail (<c>ext4_xattr_ibody_header</c>) sound:
/// every entry and value within its region, no two overlapping, hashes as stored.
/// </summary>
public static class AttributeSoundness
{
    /// <summary>EXT2_XATTR_MAGIC.</summary>
    public const uint Magic = 0xEA020000;

    /// <summary>Bytes of the header of an attribute block.</summary>
    public const int BlockHeaderBytes = 32;

    /// <summary>Two attributes claim the same bytes.</summary>
    public const string Overlap = "values that overlap";

    /// <summary>An attribute is readable, but not as it was written.</summary>
    public const string WrongHash = "a wrong hash";

    /// <summary>An attribute's value is said to be another inode, which ext2 has not.</summary>
    public const string ValueElsewhere = "a value outside its block";

    /// <summary>An attribute has a namespace, but no name.</summary>
    public const string Nameless = "an attribute without a name";

    private const int EntryBytes = 16;
    private const int RegionLimit = 65536;

    /// <summary>What is wrong with an attribute block, or null.</summary>
    public static string? FaultOfBlock(ReadOnlySpan<byte> block)
    {
        if (Word(block, 0) != Magic)
        {
            return "no attribute block";
        }
        return Word(block, 8) != 1 ? "more than one block" : FaultOf(block, BlockHeaderBytes, 0, true);
    }

    /// <summary>What is wrong with the attributes behind the extra fields of an inode, or null. An area without the magic number holds none.</summary>
    public static string? FaultOfInode(ReadOnlySpan<byte> area) =>
        area.Length < 4 || Word(area, 0) != Magic ? null : FaultOf(area[4..], 0, 0, false);

    // Offsets of values count from the start of the region, which is the block, or what follows the magic number in an inode.
    private static string? FaultOf(ReadOnlySpan<byte> region, int first, int valueBase, bool needsHash)
    {
        if (region.Length > RegionLimit)
        {
            return "too large";
        }
        int end = FindEnd(region, first);
        if (end < 0)
        {
            return "the entries have no end";
        }
        Span<byte> taken = region.Length <= 4096 ? stackalloc byte[region.Length / 4] : new byte[region.Length / 4];
        for (int at = first; Word(region, at) != 0;)
        {
            ReadOnlySpan<byte> entry = region[at..];
            int nameBytes = entry[0];
            int next = at + EntryBytes + ((nameBytes + 3) & ~3);
            uint offset = BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]);
            uint size = Word(entry, 8);

            // The name of an access control list is its index alone (EXT2_XATTR_INDEX_POSIX_ACL_ACCESS and _DEFAULT).
            bool isNameless = nameBytes == 0 && entry[1] is not (2 or 3);
            // Blocks had numbers of other meaning once; stock tools take none without a namespace.
            bool isStray = needsHash && entry[1] == 0;
            if (isNameless || isStray || Word(entry, 4) != 0)
            {
                return isNameless ? Nameless : isStray ? "an attribute without a namespace" : ValueElsewhere;
            }
            if (size > region.Length || (size != 0 && (offset + valueBase < end || offset + (long)((size + 3) & ~3u) > region.Length || offset % 4 != 0)))
            {
                return "a value outside its region";
            }
            if (size != 0 && !Take(taken.Slice((int)offset / 4, (int)(size + 3) / 4)))
            {
                return Overlap;
            }
            uint stored = Word(entry, 12);
            if ((needsHash || stored != 0) && !HashIs(stored, entry.Slice(EntryBytes, nameBytes), region.Slice(size == 0 ? 0 : (int)offset, (int)(size + 3) & ~3)))
            {
                return WrongHash;
            }
            at = next;
        }
        return null;
    }

    private static int FindEnd(ReadOnlySpan<byte> region, int at)
    {
        while (at + 4 <= region.Length && Word(region, at) != 0)
        {
            if (at + EntryBytes > region.Length)
            {
                return -1;
            }
            at += EntryBytes + ((region[at] + 3) & ~3);
        }
        return at + 4 <= region.Length ? at + 4 : -1;
    }

    private static bool Take(Span<byte> words)
    {
        if (words.IndexOf((byte)1) >= 0)
        {
            return false;
        }
        words.Fill(1);
        return true;
    }

    // Machines differed in whether a byte of the name is signed (kernel ext2_xattr_hash_entry); both are right.
    private static bool HashIs(uint stored, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        uint plain = 0;
        uint signed = 0;
        foreach (byte character in name)
        {
            plain = uint.RotateLeft(plain, 5) ^ character;
            signed = uint.RotateLeft(signed, 5) ^ (uint)(sbyte)character;
        }
        for (int at = 0; at < value.Length; at += 4)
        {
            uint word = Word(value, at);
            plain = uint.RotateLeft(plain, 16) ^ word;
            signed = uint.RotateLeft(signed, 16) ^ word;
        }
        return stored == plain || stored == signed;
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
