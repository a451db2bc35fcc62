using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>A 16-bit number stored little-endian on every machine (the kernel's <c>__le16</c>).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct Le16
{
    private readonly ushort stored;

    private Le16(ushort value) => stored = BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);

    /// <summary>The number in the machine's own order.</summary>
    public ushort Value => BitConverter.IsLittleEndian ? stored : BinaryPrimitives.ReverseEndianness(stored);

    /// <summary>Reads the number.</summary>
    public static implicit operator ushort(Le16 number) => number.Value;

    /// <summary>Stores a number.</summary>
    public static implicit operator Le16(ushort value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
