namespace Ext2Union.Conformance.Tests.Semantics.Storm;

/// <summary>A directory that one process alone moves, and its children; others may put names of their own into it.</summary>
internal sealed class OwnDirectory
{
    public required string Path { get; set; }

    public required ulong Inode { get; init; }

    /// <summary>Content of the files in it, by their paths in it.</summary>
    public required Dictionary<string, byte[]> Children { get; init; }
}
