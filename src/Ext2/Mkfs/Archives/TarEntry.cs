using System.Text;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs.Archives;

/// <summary>An entry of a tar, all but its data.</summary>
public sealed record TarEntry
{
    /// <summary>Components with a slash between them; empty for the root of the tree. Never one that is <c>.</c> or <c>..</c></summary>
    public required byte[] Path { get; init; }

    /// <summary>What it makes; of a further name of a file that is there, <see cref="InodeKind.Unknown"/>.</summary>
    public required InodeKind Kind { get; init; }

    /// <summary>It is one more name for what has the path <see cref="LinkTarget"/>.</summary>
    public bool IsHardLink => Kind == InodeKind.Unknown;

    /// <summary>Of a symlink its text; of a hard link the path of the file, as <see cref="Path"/>.</summary>
    public byte[] LinkTarget { get; init; } = [];

    /// <summary>Permission bits, 07777.</summary>
    public uint Mode { get; init; }

    /// <summary>Owner.</summary>
    public uint UserId { get; init; }

    /// <summary>Group.</summary>
    public uint GroupId { get; init; }

    /// <summary>Of a device node.</summary>
    public DeviceNumber Device { get; init; }

    /// <summary>Bytes of the file, holes included.</summary>
    public long Size { get; init; }

    /// <summary>Last change of content.</summary>
    public Timestamp ModifyTime { get; init; }

    /// <summary>Last access; the time of the last change where the archive has none.</summary>
    public Timestamp AccessTime { get; init; }

    /// <summary>Last change of the inode; the time of the last change of content where the archive has none.</summary>
    public Timestamp ChangeTime { get; init; }

    /// <summary>Extended attributes, ACLs in their xattr form among them, sorted by name.</summary>
    public IReadOnlyList<TarXattr> Xattrs { get; init; } = [];

    /// <summary>Where its data lies.</summary>
    internal SparseMap Data { get; init; } = new();

    /// <summary>A path as messages show it: what is no text, or would act on a terminal, as <c>\xNN</c>.</summary>
    public static string Show(ReadOnlySpan<byte> path)
    {
        const int MostBytes = 200;
        var text = new StringBuilder();
        ReadOnlySpan<byte> rest = path[..Math.Min(path.Length, MostBytes)];
        while (!rest.IsEmpty)
        {
            bool isText = Rune.DecodeFromUtf8(rest, out Rune rune, out int used) == System.Buffers.OperationStatus.Done && !Rune.IsControl(rune);
            if (isText)
            {
                _ = text.Append(rune.ToString());
            }
            else
            {
                used = 1;
                _ = text.Append($"\\x{rest[0]:x2}");
            }

            rest = rest[used..];
        }

        return text.Append(path.Length > MostBytes ? "..." : "").ToString();
    }
}
