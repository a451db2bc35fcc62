using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>One name of a <see cref="MergedListing"/>, in the order of its cookie.</summary>
internal struct ListedName : IComparable<ListedName>
{
    /// <summary>A hash of the name: where a listing goes on behind it, whichever layers the names come from by then.</summary>
    public long Cookie;
    /// <summary>The union's inode number.</summary>
    public ulong Number;
    /// <summary>Where the name begins.</summary>
    public int NameOffset;
    /// <summary>The layer, counted in the order of reading, that last had this name.</summary>
    public int LayerIndex;
    /// <summary>Bytes of the name.</summary>
    public byte NameBytes;
    /// <summary>What it is.</summary>
    public InodeKind Kind;
    /// <summary>What the layers read so far say: <see cref="Verdict.Below"/> of a fallthru that has not met its target, <see cref="Verdict.Nothing"/> of a hidden name.</summary>
    public Verdict Verdict;

    /// <inheritdoc/>
    public readonly int CompareTo(ListedName other) => Cookie.CompareTo(other.Cookie);
}
