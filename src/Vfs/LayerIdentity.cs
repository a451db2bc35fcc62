namespace Ext2Union.Vfs;

/// <summary>
/// Who a layer is, over mounts: what a top remembers of its lowers to know them again. Equal for the same volume or directory wherever it is found, different
/// for any other as far as can be told.
/// </summary>
/// <param name="Kind">What kind of layer.</param>
/// <param name="Value">At most <see cref="MaximumBytes"/> bytes that tell it from others of its kind.</param>
/// <param name="Text">What a person knows it by, for messages; no part of the identity.</param>
public sealed record LayerIdentity(LayerKind Kind, byte[] Value, string Text)
{
    /// <summary>Longest <see cref="Value"/>.</summary>
    public const int MaximumBytes = 48;

    /// <inheritdoc/>
    public bool Equals(LayerIdentity? other) => other is not null && Kind == other.Kind && Value.AsSpan().SequenceEqual(other.Value);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Kind);
        hash.AddBytes(Value);
        return hash.ToHashCode();
    }
}
