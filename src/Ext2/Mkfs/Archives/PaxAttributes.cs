using System.Buffers.Text;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs.Archives;

/// <summary>
/// What extended headers say of an entry (POSIX.1-2001 pax, "pax Extended Header"; keywords of star, GNU tar and libarchive). A later record
/// replaces an earlier one; keywords that are not known are passed over, as POSIX asks.
/// </summary>
internal sealed class PaxAttributes
{
    private readonly SortedDictionary<string, byte[]> xattrs = new(StringComparer.Ordinal);
    private long? sparseOffset;

    public byte[]? Path { get; private set; }
    public byte[]? LinkPath { get; private set; }
    public long? Size { get; private set; }
    public long? UserId { get; private set; }
    public long? GroupId { get; private set; }
    public Timestamp? ModifyTime { get; private set; }
    public Timestamp? AccessTime { get; private set; }
    public Timestamp? ChangeTime { get; private set; }
    public byte[]? AccessAcl { get; private set; }
    public byte[]? DefaultAcl { get; private set; }

    /// <summary>The name of a sparse file, whose path is a made-up one for programs that don't know the format.</summary>
    public byte[]? SparseName { get; private set; }

    /// <summary>The length of a sparse file with its holes.</summary>
    public long? SparseSize { get; private set; }

    /// <summary>The map of a sparse file, where it is in the headers (GNU formats 0.0 and 0.1).</summary>
    public SparseMap? Sparse { get; private set; }

    /// <summary>The map comes before the data (GNU format 1.0).</summary>
    public bool HasMapInData { get; private set; }

    /// <summary>The entry is part of a file that begins in another archive.</summary>
    public bool IsContinuation { get; private set; }

    /// <summary>Extended attributes by name; a name is held as text with one character for a byte.</summary>
    public IReadOnlyDictionary<string, byte[]> Xattrs => xattrs;

    /// <summary>Takes the records of one extended header. False: <paramref name="fault"/> names the record.</summary>
    public bool TryAdd(ReadOnlySpan<byte> records, out string fault)
    {
        fault = "";
        while (!records.IsEmpty)
        {
            bool isSound = Utf8Parser.TryParse(records, out int length, out int digits) && length > digits + 2 && length <= records.Length
                && records[digits] == ' ' && records[length - 1] == '\n';
            ReadOnlySpan<byte> record = isSound ? records[(digits + 1)..(length - 1)] : default;
            int equals = record.IndexOf((byte)'=');
            if (equals <= 0)
            {
                fault = "its extended header is damaged";
                return false;
            }

            string keyword = System.Text.Encoding.Latin1.GetString(record[..equals]);
            if (!TryTake(keyword, record[(equals + 1)..]))
            {
                fault = $"the record {TarEntry.Show(record[..equals])} of its extended header makes no sense";
                return false;
            }

            records = records[length..];
        }

        return true;
    }

    private bool TryTake(string keyword, ReadOnlySpan<byte> value)
    {
        bool isSound = true;
        switch (keyword)
        {
            case "path": Path = value.IsEmpty ? null : value.ToArray(); return true;
            case "linkpath": LinkPath = value.IsEmpty ? null : value.ToArray(); return true;
            case "size": Size = TakeNumber(value, ref isSound); return isSound;
            case "uid": UserId = TakeNumber(value, ref isSound); return isSound;
            case "gid": GroupId = TakeNumber(value, ref isSound); return isSound;
            case "mtime": ModifyTime = TakeTime(value, ref isSound); return isSound;
            case "atime": AccessTime = TakeTime(value, ref isSound); return isSound;
            case "ctime": ChangeTime = TakeTime(value, ref isSound); return isSound;
            case "SCHILY.acl.access": AccessAcl = value.IsEmpty ? null : value.ToArray(); return true;
            case "SCHILY.acl.default": DefaultAcl = value.IsEmpty ? null : value.ToArray(); return true;
            case "RHT.security.selinux": xattrs["security.selinux"] = value.ToArray(); return true;
            default:
                return keyword.StartsWith("GNU.", StringComparison.Ordinal) ? TryTakeGnu(keyword, value) : TryTakeXattr(keyword, value);
        }
    }

    private bool TryTakeXattr(string keyword, ReadOnlySpan<byte> value)
    {
        const string Plain = "SCHILY.xattr.", Encoded = "LIBARCHIVE.xattr.";
        if (keyword.StartsWith(Plain, StringComparison.Ordinal))
        {
            xattrs[keyword[Plain.Length..]] = value.ToArray();
        }
        else if (keyword.StartsWith(Encoded, StringComparison.Ordinal))
        {
            // bsdtar writes each attribute in both ways; the plain one holds every value.
            byte[] bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(value.Length) + 3];
            byte[] padded = [.. value, .. "==="u8[..((4 - (value.Length % 4)) % 4)]];
            bool isSound = Base64.DecodeFromUtf8(padded, bytes, out _, out int length) == System.Buffers.OperationStatus.Done;
            _ = isSound && xattrs.TryAdd(Uri.UnescapeDataString(keyword[Encoded.Length..]), bytes[..length]);
            return isSound;
        }

        return true;
    }

    private bool TryTakeGnu(string keyword, ReadOnlySpan<byte> value)
    {
        bool isSound = true;
        switch (keyword)
        {
            case "GNU.sparse.major": HasMapInData = TakeNumber(value, ref isSound) == 1; return isSound;
            case "GNU.sparse.minor": return TakeNumber(value, ref isSound) <= 1;
            case "GNU.sparse.name": SparseName = value.ToArray(); return true;
            case "GNU.sparse.size" or "GNU.sparse.realsize": SparseSize = TakeNumber(value, ref isSound); return isSound;
            case "GNU.sparse.numblocks": Sparse = new SparseMap(); return true;
            case "GNU.sparse.offset": sparseOffset = TakeNumber(value, ref isSound); return isSound;
            case "GNU.sparse.numbytes":
                long? length = TakeNumber(value, ref isSound);
                return length is not null && sparseOffset is long offset && (Sparse ??= new SparseMap()).TryAdd(offset, length.Value);
            case "GNU.sparse.map": return TryTakeMap(value);
            case "GNU.volume.filename" or "GNU.volume.size" or "GNU.volume.offset": IsContinuation = true; return true;
            default: return true;
        }
    }

    private bool TryTakeMap(ReadOnlySpan<byte> value)
    {
        Sparse = new SparseMap();
        while (!value.IsEmpty)
        {
            if (!Utf8Parser.TryParse(value, out long offset, out int used) || used >= value.Length || value[used] != ',')
            {
                return false;
            }

            value = value[(used + 1)..];
            if (!Utf8Parser.TryParse(value, out long length, out used) || !Sparse.TryAdd(offset, length) || (used < value.Length && value[used] != ','))
            {
                return false;
            }

            value = value[Math.Min(used + 1, value.Length)..];
        }

        return true;
    }

    private static long? TakeNumber(ReadOnlySpan<byte> value, ref bool isSound)
    {
        // An empty value takes back what an earlier header said.
        isSound = (Utf8Parser.TryParse(value, out long number, out int used) && used == value.Length) || value.IsEmpty;
        return isSound && !value.IsEmpty ? number : null;
    }

    // Decimal seconds, before 1970 with a sign, to any number of places; what is finer than a nanosecond is cut off.
    private static Timestamp? TakeTime(ReadOnlySpan<byte> value, ref bool isSound)
    {
        if (value.IsEmpty)
        {
            return null;
        }

        bool isNegative = value.StartsWith("-"u8);
        ReadOnlySpan<byte> digits = isNegative ? value[1..] : value;
        isSound = Utf8Parser.TryParse(digits, out ulong whole, out int used) && whole < long.MaxValue && (used == digits.Length || digits[used] == '.');
        uint nanoseconds = 0;
        uint unit = 100_000_000;
        for (int index = used + 1; isSound && index < digits.Length; index++, unit /= 10)
        {
            isSound = digits[index] is >= (byte)'0' and <= (byte)'9';
            nanoseconds += unit * (uint)(digits[index] - '0');
        }

        return !isSound ? null
            : !isNegative ? new Timestamp((long)whole, nanoseconds)
            : nanoseconds == 0 ? new Timestamp(-(long)whole, 0)
            : new Timestamp(-(long)whole - 1, 1_000_000_000 - nanoseconds);
    }
}
