namespace Ext2Union.Ext2.Fsck;

/// <summary>A name as a terminal may show it, and the bytes it has on disk where it is one.</summary>
/// <param name="Text">What is shown.</param>
/// <param name="Bytes">What is on disk; null for a text that was no name.</param>
public readonly record struct ShownName(string Text, byte[]? Bytes)
{
    /// <summary>A text that is no name.</summary>
    public static implicit operator ShownName(string text) => new(text, null);

    /// <summary>What is shown.</summary>
    public static implicit operator string(ShownName name) => name.ToString();

    /// <inheritdoc/>
    public override string ToString() => Text ?? "";
}
