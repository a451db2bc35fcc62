using System.Buffers.Text;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.OnDisk.Unions;

/// <summary>Names of the index of copies: that of its directory, and those of its entries (docs/FORMAT.md, "The index of copies").</summary>
public static class CopyIndexName
{
    /// <summary>Bytes of an entry's name.</summary>
    public const int Bytes = LayerDigits + 1 + InodeDigits;

    private const int LayerDigits = 4;
    private const int InodeDigits = 16;

    /// <summary>The directory, in the volume's root.</summary>
    public static ReadOnlySpan<byte> Directory => ".ext2u-index"u8;

    /// <summary>Writes the name of an entry: <see cref="Bytes"/> bytes.</summary>
    public static void Format(ushort layer, ulong inode, Span<byte> name)
    {
        PutDigits(layer, name[..LayerDigits]);
        name[LayerDigits] = (byte)'-';
        PutDigits(inode, name.Slice(LayerDigits + 1, InodeDigits));
    }

    /// <summary>Takes the name of an entry apart; false for anything that <see cref="Format"/> does not write.</summary>
    public static bool TryParse(ReadOnlySpan<byte> name, out ushort layer, out ulong inode)
    {
        layer = 0;
        inode = 0;
        if (name.Length != Bytes || name[LayerDigits] != '-' || name.ContainsAnyInRange((byte)'A', (byte)'F'))
        {
            return false;
        }

        bool isNumber = Utf8Parser.TryParse(name[..LayerDigits], out layer, out int layerEnd, 'x')
            & Utf8Parser.TryParse(name[(LayerDigits + 1)..], out inode, out int inodeEnd, 'x');
        return isNumber && layerEnd == LayerDigits && inodeEnd == InodeDigits && layer is not 0 and <= CopyRecord.MaximumLayer && inode != 0;
    }

    /// <summary>Whether an entry of this type can be a copy's: anything but a directory or a mark.</summary>
    public static bool IsEntryType(DirectoryEntryType type) => type.ToKind() is not (InodeKind.Unknown or InodeKind.Directory);

    private static void PutDigits(ulong number, Span<byte> digits)
    {
        for (int i = digits.Length - 1; i >= 0; i--)
        {
            digits[i] = "0123456789abcdef"u8[(int)(number & 15)];
            number >>= 4;
        }
    }
}
