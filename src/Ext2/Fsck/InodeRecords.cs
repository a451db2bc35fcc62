using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// What pass 1 learns about every inode and later passes ask for: its kind, its stored link count, and the names found so far. Five bytes an
/// inode, in pieces that exist only where inodes are in use.
/// </summary>
internal sealed class InodeRecords
{
    private const int PieceShift = 12;
    private const int PieceInodes = 1 << PieceShift;
    private readonly Piece?[] pieces;

    public InodeRecords(uint inodeCount)
    {
        InodeCount = inodeCount;
        pieces = new Piece?[(inodeCount >> PieceShift) + 1];
    }

    public uint InodeCount { get; }

    /// <summary>Kind of an inode in use; 0 = not in use. Numbers beyond the volume are not in use.</summary>
    public InodeKind KindOf(uint inode) =>
        inode <= InodeCount && pieces[inode >> PieceShift] is Piece piece ? (InodeKind)piece.Kind[inode & (PieceInodes - 1)] : 0;

    public bool IsUsed(uint inode) => KindOf(inode) != 0;

    /// <summary>Takes an inode in use, or (kind 0) out of it.</summary>
    public void Set(uint inode, InodeKind kind, int storedLinks)
    {
        Piece piece = pieces[inode >> PieceShift] ??= new Piece();
        piece.Kind[inode & (PieceInodes - 1)] = (byte)kind;
        piece.Stored[inode & (PieceInodes - 1)] = (ushort)storedLinks;
    }

    /// <summary>As <see cref="Set"/> for inodes one behind the other; those of kind 0 are left as they are.</summary>
    public void SetAll(uint first, ReadOnlySpan<byte> kinds, ReadOnlySpan<ushort> stored)
    {
        while (!kinds.IsEmpty)
        {
            int at = (int)first & (PieceInodes - 1);
            int count = Math.Min(kinds.Length, PieceInodes - at);
            if (kinds[..count].IndexOfAnyExcept((byte)0) >= 0)
            {
                Piece piece = pieces[first >> PieceShift] ??= new Piece();
                for (int i = 0; i < count; i++)
                {
                    if (kinds[i] != 0)
                    {
                        piece.Kind[at + i] = kinds[i];
                        piece.Stored[at + i] = stored[i];
                    }
                }
            }
            first += (uint)count;
            kinds = kinds[count..];
            stored = stored[count..];
        }
    }

    public int StoredLinks(uint inode) => pieces[inode >> PieceShift] is Piece piece ? piece.Stored[inode & (PieceInodes - 1)] : 0;

    /// <summary>Names that lead to the inode, at most 65,535.</summary>
    public int FoundLinks(uint inode) => pieces[inode >> PieceShift] is Piece piece ? piece.Found[inode & (PieceInodes - 1)] : 0;

    public void AddLink(uint inode, int change = 1)
    {
        Piece piece = pieces[inode >> PieceShift] ??= new Piece();
        ref ushort found = ref piece.Found[inode & (PieceInodes - 1)];
        found = (ushort)Math.Clamp(found + change, 0, ushort.MaxValue);
    }

    /// <summary>Adds a link to each of these inodes.</summary>
    public void AddLinks(ReadOnlySpan<uint> inodes)
    {
        foreach (uint inode in inodes)
        {
            ushort[] links = (pieces[inode >> PieceShift] ??= new Piece()).Found;
            uint at = inode & (PieceInodes - 1);
            links[at] = (ushort)Math.Min(links[at] + 1, ushort.MaxValue);
        }
    }

    /// <summary>
    /// The first inode in use from here on whose links are not as stored, or that has none. A search is short: <paramref name="end"/> is the inode up to which
    /// it went, which is the answer too where there is none.
    /// </summary>
    public long FindWrongLinks(long inode, out long end)
    {
        end = EndOfPiece(inode);
        if (pieces[inode >> PieceShift] is not Piece piece)
        {
            return end;
        }
        ReadOnlySpan<byte> kinds = piece.Kind;
        ReadOnlySpan<ushort> stored = piece.Stored.AsSpan(0, kinds.Length);
        ReadOnlySpan<ushort> found = piece.Found.AsSpan(0, kinds.Length);
        for (int at = (int)inode & (PieceInodes - 1); at < kinds.Length; at++)
        {
            if (kinds[at] != 0 && (found[at] == 0 || found[at] != stored[at]))
            {
                return end - PieceInodes + at;
            }
        }
        return end;
    }

    /// <summary>How many inodes of a range are in use.</summary>
    public int CountUsed(uint first, uint count)
    {
        int used = 0;
        long end = (long)first + count;
        for (long from = first; from < end; from = EndOfPiece(from))
        {
            ReadOnlySpan<byte> kinds = KindsFrom(from, end);
            used += kinds.Length - kinds.Count((byte)0);
        }
        return used;
    }

    /// <summary>Sets the bits of the inodes of a range that are in use, lowest first; the target is all zero.</summary>
    public void CopyUsedTo(uint first, uint count, Span<byte> target)
    {
        int bit = 0;
        long end = (long)first + count;
        for (long from = first; from < end; from = EndOfPiece(from))
        {
            ReadOnlySpan<byte> kinds = KindsFrom(from, end);
            for (int i = 0; i < kinds.Length; i++)
            {
                target[(bit + i) >> 3] |= (byte)((kinds[i] != 0 ? 1 : 0) << ((bit + i) & 7));
            }
            bit += (int)(EndOfPiece(from) - from);
        }
    }

    // Of one piece; empty where none of it is in use.
    private ReadOnlySpan<byte> KindsFrom(long first, long end) => pieces[first >> PieceShift] is Piece piece
        ? piece.Kind.AsSpan((int)first & (PieceInodes - 1), (int)(Math.Min(end, EndOfPiece(first)) - first))
        : default;

    // Not a uint: the last piece of all numbers ends behind them.
    private static long EndOfPiece(long inode) => ((inode >> PieceShift) + 1) << PieceShift;

    /// <summary>The first inode in use from here on, which is quick over those that are not; 0 behind the last. Not a uint: the highest number of all has one behind it.</summary>
    public uint NextUsed(long inode)
    {
        while (inode <= InodeCount)
        {
            long end = EndOfPiece(inode);
            if (pieces[inode >> PieceShift] is Piece piece)
            {
                int at = (int)inode & (PieceInodes - 1);
                int used = piece.Kind.AsSpan(at).IndexOfAnyExcept((byte)0);
                if (used >= 0)
                {
                    return (uint)(inode + used);
                }
            }
            inode = end;
        }
        return 0;
    }

    /// <summary>The first inode from here on that is not in use; 0 when all are.</summary>
    public uint NextFree(uint first)
    {
        for (long inode = first; inode <= InodeCount; inode++)
        {
            if (!IsUsed((uint)inode))
            {
                return (uint)inode;
            }
        }
        return 0;
    }

    private sealed class Piece
    {
        public readonly byte[] Kind = new byte[PieceInodes];
        public readonly ushort[] Stored = new ushort[PieceInodes];
        public readonly ushort[] Found = new ushort[PieceInodes];
    }
}
