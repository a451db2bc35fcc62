using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>A 32-bit number stored little-endian on every machine (the kernel's <c>__le32</c>).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct Le32
{
    private readonly uint stored;

    private Le32(uint value) => stored = BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);

    /// <summary>The number in the machine's own order.</summary>
    public uint Value => BitConverter.IsLittleEndian ? stored : BinaryPrimitives.ReverseEndianness(stored);

    /// <summary>Reads the number.</summary>
    public static implicit operator uint(Le32 number) => number.Value;

    /// <summary>Stores a number.</summary>
    public static implicit operator Le32(uint value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
