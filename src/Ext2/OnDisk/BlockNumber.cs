namespace Ext2Union.Ext2.OnDisk;

/// <summary>A block of the volume. Zero stands for "none" where a pointer is stored: block 0 never belongs to a file.</summary>
/// <param name="Value">Counted from the start of the device.</param>
public readonly record struct BlockNumber(uint Value) : IComparable<BlockNumber>
{
    /// <summary>No block: a hole.</summary>
    public static BlockNumber None => default;

    /// <summary>Whether this is a hole.</summary>
    public bool IsNone => Value == 0;

    /// <inheritdoc/>
    public int CompareTo(BlockNumber other) => Value.CompareTo(other.Value);

    /// <summary>The block so many behind this one.</summary>
    public static BlockNumber operator +(BlockNumber block, uint count) => new(block.Value + count);

    /// <summary>How many blocks lie between two.</summary>
    public static uint operator -(BlockNumber block, BlockNumber other) => block.Value - other.Value;

    /// <summary>Order on the device.</summary>
    public static bool operator <(BlockNumber left, BlockNumber right) => left.Value < right.Value;

    /// <summary>Order on the device.</summary>
    public static bool operator >(BlockNumber left, BlockNumber right) => left.Value > right.Value;

    /// <summary>Order on the device.</summary>
    public static bool operator <=(BlockNumber left, BlockNumber right) => left.Value <= right.Value;

    /// <summary>Order on the device.</summary>
    public static bool operator >=(BlockNumber left, BlockNumber right) => left.Value >= right.Value;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
