using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Semantics.Storm;

/// <summary>A file that one process alone changes, as it must be.</summary>
internal sealed class OwnFile
{
    public required List<string> Names { get; init; }

    public required byte[] Content { get; set; }

    public required ulong Inode { get; init; }

    public required uint Mode { get; set; }

    public string Owner { get; set; } = "0:0";

    public byte[]? Xattr { get; set; }

    /// <summary>Null when the object is this file, else what is wrong.</summary>
    public string? Compare(in Attributes found)
    {
        string expected = $"inode {Inode} mode {Convert.ToString(Mode, 8)} owner {Owner} size {Content.Length} links {Names.Count}";
        string actual = $"inode {found.Inode} mode {Convert.ToString(found.Mode & 0xFFF, 8)} owner {found.UserId}:{found.GroupId} size {found.Size} links {found.LinkCount}";
        return expected == actual ? null : $"{actual}, expected {expected}";
    }
}
