using Ext2Union.Vfs;

namespace Ext2Union.Ext2.OnDisk.Xattrs;

/// <summary>A name as it is stored: a number for its namespace (EXT4_XATTR_INDEX_*) and the rest of it.</summary>
public readonly ref struct XattrName
{
    private const byte UserIndex = 1;
    private const byte TrustedIndex = 4;
    private const byte SecurityIndex = 6;

    /// <summary>Takes the parts.</summary>
    public XattrName(byte index, ReadOnlySpan<byte> suffix)
    {
        Index = index;
        Suffix = suffix;
    }

    /// <summary>system.posix_acl_access.</summary>
    public static XattrName AccessAcl => new(2, []);

    /// <summary>system.posix_acl_default.</summary>
    public static XattrName DefaultAcl => new(3, []);

    /// <summary>trusted.ext2u.origin: the redirect path of a directory. It is the union's own and shown to nobody.</summary>
    public static XattrName Origin => new(TrustedIndex, "ext2u.origin"u8);

    /// <summary>trusted.ext2u.copy: what an object is a copy of.</summary>
    public static XattrName Copy => new(TrustedIndex, "ext2u.copy"u8);

    /// <summary>trusted.ext2u.lowers: on the root directory, the lowers that this volume was the top of.</summary>
    public static XattrName Lowers => new(TrustedIndex, "ext2u.lowers"u8);

    /// <summary>The namespace.</summary>
    public byte Index { get; }

    /// <summary>What follows the namespace.</summary>
    public ReadOnlySpan<byte> Suffix { get; }

    /// <summary>Whether it is one of the two access control lists.</summary>
    public bool IsAcl => Index is 2 or 3 && Suffix.IsEmpty;

    /// <summary>Whether it is one of those that have calls of their own and are reached by no other: <see cref="Origin"/>, <see cref="Copy"/>, <see cref="Lowers"/>.</summary>
    public bool IsKept => Index == TrustedIndex
        && (Suffix.SequenceEqual(Origin.Suffix) || Suffix.SequenceEqual(Copy.Suffix) || Suffix.SequenceEqual(Lowers.Suffix));

    /// <summary>Whether it is one of the names that unions keep for themselves, trusted.ext2u.*; no list shows them.</summary>
    public bool IsOfUnions => Index == TrustedIndex && Suffix.StartsWith("ext2u."u8);

    /// <summary>Whether it stands in the user namespace.</summary>
    public bool IsUser => Index == UserIndex;

    /// <summary>The text before the suffix; empty for a namespace that is not shown.</summary>
    public ReadOnlySpan<byte> Prefix => Index switch
    {
        UserIndex => "user."u8,
        2 => Suffix.IsEmpty ? PosixAcl.AccessName : [],
        3 => Suffix.IsEmpty ? PosixAcl.DefaultName : [],
        TrustedIndex => "trusted."u8,
        SecurityIndex => "security."u8,
        _ => [],
    };

    /// <summary>Takes a full name apart; false for a namespace that cannot be stored.</summary>
    public static bool TryParse(ReadOnlySpan<byte> name, out XattrName parsed)
    {
        if (name.SequenceEqual(PosixAcl.AccessName))
        {
            parsed = AccessAcl;
            return true;
        }

        if (name.SequenceEqual(PosixAcl.DefaultName))
        {
            parsed = DefaultAcl;
            return true;
        }

        return TryParse(name, "user."u8, UserIndex, out parsed)
            || TryParse(name, "trusted."u8, TrustedIndex, out parsed)
            || TryParse(name, "security."u8, SecurityIndex, out parsed);
    }

    /// <summary>Whether a full name is that of a namespace and nothing more, which no call accepts (EINVAL).</summary>
    public static bool IsNamespace(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("user."u8) || name.SequenceEqual("trusted."u8) || name.SequenceEqual("security."u8);

    /// <summary>The order of entries in a block: namespace, length, bytes (kernel ext4_xattr_find_entry stops at the first that is greater).</summary>
    public int CompareTo(XattrName other) =>
        Index != other.Index ? Index.CompareTo(other.Index)
        : Suffix.Length != other.Suffix.Length ? Suffix.Length.CompareTo(other.Suffix.Length)
        : Suffix.SequenceCompareTo(other.Suffix);

    private static bool TryParse(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix, byte index, out XattrName parsed)
    {
        bool isIn = name.Length > prefix.Length && name.StartsWith(prefix);
        parsed = isIn ? new XattrName(index, name[prefix.Length..]) : default;
        return isIn;
    }
}
