using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>A 64-bit number stored little-endian on every machine (the kernel's <c>__le64</c>).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct Le64
{
    private readonly ulong stored;

    private Le64(ulong value) => stored = BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);

    /// <summary>The number in the machine's own order.</summary>
    public ulong Value => BitConverter.IsLittleEndian ? stored : BinaryPrimitives.ReverseEndianness(stored);

    /// <summary>Reads the number.</summary>
    public static implicit operator ulong(Le64 number) => number.Value;

    /// <summary>Stores a number.</summary>
    public static implicit operator Le64(ulong value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
