using System.Runtime.CompilerServices;
using Ext2Union.Fuse.Protocol;
using Ext2Union.Vfs;

namespace Ext2Union.Fuse;

/// <summary>
/// Writes the entries of a directory in the form of READDIR or READDIRPLUS. Offsets of the kernel are 1 behind ".", 2 behind ".." and a layer's
/// cookie plus 2 behind all others, so that a listing can be resumed between the two.
/// </summary>
internal sealed unsafe class ListingSink : DirectorySink
{
    /// <summary>What is added to a cookie of a layer.</summary>
    public const int CookieBase = 2;

    private byte* place;
    private int capacity;
    private int prefixBytes;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Begins a listing into this memory. <paramref name="prefix"/>: bytes before each entry, zeroed, for what READDIRPLUS adds.</summary>
    public void Begin(byte* memory, int size, int prefix)
    {
        place = memory;
        capacity = size;
        prefixBytes = prefix;
        Length = 0;
    }

    /// <inheritdoc/>
    public override bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie) =>
        AddAt(name, inode, kind, nextCookie + CookieBase);

    /// <summary>Adds an entry with the kernel's offset. False: there is no room for it.</summary>
    public bool AddAt(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long offset)
    {
        int bytes = BytesOf(name.Length, prefixBytes);
        if (bytes > capacity - Length)
        {
            return false;
        }

        new Span<byte>(place + Length, bytes).Clear();
        ref ListedEntry entry = ref Unsafe.AsRef<ListedEntry>(place + Length + prefixBytes);
        entry.Inode = inode;
        entry.Offset = (ulong)offset;
        entry.NameLength = (uint)name.Length;
        entry.Kind = (uint)kind;
        name.CopyTo(new Span<byte>(place + Length + prefixBytes + sizeof(ListedEntry), name.Length));
        Length += bytes;
        return true;
    }

    /// <summary>Bytes of an entry in all.</summary>
    public static int BytesOf(int nameLength, int prefix) => (prefix + sizeof(ListedEntry) + nameLength + 7) & ~7;
}
