using System.Buffers.Binary;
using System.Collections;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.OnDisk.Unions;

/// <summary>The value of <c>trusted.ext2u.lowers</c>: the lowers a top was ever stacked on (docs/FORMAT.md, "The table of lowers").</summary>
public static class LowerTable
{
    private const byte Version = 1;
    private const byte CurrentFlag = 1;
    private const int RowBytes = 5;

    /// <summary>Bytes of a table; 0 for one that cannot be stored because a number or an identity is none.</summary>
    public static int BytesOf(IReadOnlyCollection<RememberedLower> lowers)
    {
        int bytes = 1;
        foreach (RememberedLower lower in lowers)
        {
            byte[] value = lower.Identity.Value;
            if (lower.Number is 0 or > CopyRecord.MaximumLayer || !IsLength(lower.Identity.Kind, value.Length))
            {
                return 0;
            }

            bytes += RowBytes + value.Length;
        }

        return bytes;
    }

    /// <summary>Writes a table of <see cref="BytesOf"/> bytes.</summary>
    public static void Write(IReadOnlyCollection<RememberedLower> lowers, Span<byte> value)
    {
        value[0] = Version;
        Span<byte> at = value[1..];
        foreach (RememberedLower lower in lowers)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(at, lower.Number);
            at[2] = (byte)lower.Identity.Kind;
            at[3] = lower.IsCurrent ? CurrentFlag : (byte)0;
            at[4] = (byte)lower.Identity.Value.Length;
            lower.Identity.Value.CopyTo(at[RowBytes..]);
            at = at[(RowBytes + lower.Identity.Value.Length)..];
        }
    }

    /// <summary>Reads a table; rows count only where nothing is wrong.</summary>
    public static LowerTableFault Read(ReadOnlySpan<byte> value, ICollection<RememberedLower> lowers)
    {
        if (value.IsEmpty || value[0] != Version)
        {
            return value.IsEmpty ? LowerTableFault.Length : LowerTableFault.Version;
        }

        var numbers = new BitArray(CopyRecord.MaximumLayer + 1);
        ReadOnlySpan<byte> at = value[1..];
        while (!at.IsEmpty)
        {
            LowerTableFault fault = ReadRow(ref at, numbers, out RememberedLower? lower);
            if (fault != LowerTableFault.None)
            {
                return fault;
            }

            lowers.Add(lower!);
        }

        return LowerTableFault.None;
    }

    /// <summary>
    /// Reads the rows of a table that are sound, whatever lies between them; the answer is the first fault. A row whose length cannot be trusted
    /// ends it. For checkers: a mount believes a whole table or none.
    /// </summary>
    public static LowerTableFault ReadSound(ReadOnlySpan<byte> value, ICollection<RememberedLower> lowers)
    {
        LowerTableFault first = value.IsEmpty ? LowerTableFault.Length : value[0] != Version ? LowerTableFault.Version : LowerTableFault.None;
        var numbers = new BitArray(CopyRecord.MaximumLayer + 1);
        ReadOnlySpan<byte> at = value.IsEmpty ? value : value[1..];
        while (!at.IsEmpty)
        {
            LowerTableFault fault = ReadRow(ref at, numbers, out RememberedLower? lower);
            first = first == LowerTableFault.None ? fault : first;
            if (fault == LowerTableFault.None)
            {
                lowers.Add(lower!);
            }
            else if (fault == LowerTableFault.Length)
            {
                break;
            }
            else
            {
                at = at[(RowBytes + at[4])..];
            }
        }

        return first;
    }

    private static LowerTableFault ReadRow(ref ReadOnlySpan<byte> at, BitArray numbers, out RememberedLower? lower)
    {
        lower = null;
        if (at.Length < RowBytes || at.Length < RowBytes + at[4])
        {
            return LowerTableFault.Length;
        }

        ushort number = BinaryPrimitives.ReadUInt16LittleEndian(at);
        if (number is 0 or > CopyRecord.MaximumLayer)
        {
            return LowerTableFault.Number;
        }

        if (numbers[number])
        {
            return LowerTableFault.SameNumber;
        }

        var kind = (LayerKind)at[2];
        if (kind is not (LayerKind.Passing or LayerKind.Ext2 or LayerKind.HostDirectory))
        {
            return LowerTableFault.Kind;
        }

        if ((at[3] & ~CurrentFlag) != 0)
        {
            return LowerTableFault.Flags;
        }

        if (!IsLength(kind, at[4]))
        {
            return LowerTableFault.Identity;
        }

        numbers[number] = true;
        byte[] identity = at.Slice(RowBytes, at[4]).ToArray();
        lower = new RememberedLower(number, new LayerIdentity(kind, identity, LayerIdentities.TextOf(kind, identity)), at[3] == CurrentFlag);
        at = at[(RowBytes + identity.Length)..];
        return LowerTableFault.None;
    }

    private static bool IsLength(LayerKind kind, int length) => kind switch
    {
        LayerKind.Passing => length <= LayerIdentity.MaximumBytes,
        LayerKind.Ext2 => length is LayerIdentities.VolumeBytes or LayerIdentities.SubdirectoryBytes,
        LayerKind.HostDirectory => length == LayerIdentities.HostDirectoryBytes,
        _ => false,
    };
}
