namespace Ext2Union.Ext2.OnDisk;

/// <summary>A block within a file, counted from 0.</summary>
/// <param name="Value">Byte offset divided by the block size.</param>
public readonly record struct FileBlock(uint Value)
{
    /// <summary>The block so many behind this one.</summary>
    public static FileBlock operator +(FileBlock block, uint count) => new(block.Value + count);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
