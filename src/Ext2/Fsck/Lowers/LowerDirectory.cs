using System.Text;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>One directory of a lower, whole: its names, and what a union that was stacked on it before says of it.</summary>
public sealed class LowerDirectory
{
    private readonly Dictionary<string, LowerEntry> entries = new(StringComparer.Ordinal);

    /// <summary>Names that are absent here end here.</summary>
    public bool IsOpaque { get; init; }

    /// <summary>Where the directories lie that it merges.</summary>
    public OriginKind Origin { get; init; }

    /// <summary>The path of a redirect, in the merged view of all layers below this one.</summary>
    public byte[] OriginPath { get; init; } = [];

    /// <summary>All names, each character a byte.</summary>
    public IReadOnlyCollection<string> Names => entries.Keys;

    /// <summary>Adds a name; of two the first stays.</summary>
    public void Add(ReadOnlySpan<byte> name, LowerEntry entry) => _ = entries.TryAdd(Encoding.Latin1.GetString(name), entry);

    /// <summary>Finds a name.</summary>
    public bool TryFind(string name, out LowerEntry entry) => entries.TryGetValue(name, out entry);
}
