using System.Globalization;
using System.Text;
using Ext2Union.Vfs;

namespace Ext2Union.Tests.Support;

/// <summary>One object of a tree as a comparison sees it.</summary>
public sealed record TreeEntry
{
    /// <summary>Path from the root of the tree, escaped (<see cref="PathBytes"/>); "." is the root.</summary>
    public required string Path { get; init; }

    /// <summary>What stat(2) says.</summary>
    public required Attributes Attributes { get; init; }

    /// <summary>Of a symlink its target, escaped.</summary>
    public string Target { get; init; } = "";

    /// <summary>Of a file a hash of its content.</summary>
    public string ContentHash { get; init; } = "";

    /// <summary>Extended attributes as name=hex, sorted.</summary>
    public IReadOnlyList<string> Xattrs { get; init; } = [];

    /// <summary>One line, with what the options ask for.</summary>
    public string Describe(TreeOptions options)
    {
        var line = new StringBuilder(Path);
        InodeKind kind = Attributes.Kind;
        CultureInfo plain = CultureInfo.InvariantCulture;
        line.Append(plain, $" {kind} {Convert.ToString(Attributes.Mode & ModeBits.PermissionMask, 8)} {Attributes.UserId}:{Attributes.GroupId}");
        if (kind == InodeKind.File)
        {
            line.Append(plain, $" size={Attributes.Size} content={ContentHash}");
        }

        bool timed = (options & (kind == InodeKind.Directory ? TreeOptions.DirectoryTimes : TreeOptions.Times)) != 0;
        if (timed && kind != InodeKind.Symlink)
        {
            line.Append(plain, $" mtime={Attributes.ModifyTime.Seconds}.{Attributes.ModifyTime.Nanoseconds:D9}");
        }
        else if (timed)
        {
            line.Append(plain, $" mtime={Attributes.ModifyTime.Seconds}.{Attributes.ModifyTime.Nanoseconds:D9} -> {Target}");
        }
        else if (kind == InodeKind.Symlink)
        {
            line.Append(plain, $" -> {Target}");
        }

        if ((options & TreeOptions.OtherTimes) != 0)
        {
            Timestamp access = Attributes.AccessTime, change = Attributes.ChangeTime;
            line.Append(plain, $" atime={access.Seconds}.{access.Nanoseconds:D9} ctime={change.Seconds}.{change.Nanoseconds:D9}");
        }

        if (kind is InodeKind.BlockDevice or InodeKind.CharacterDevice)
        {
            line.Append(plain, $" device={Attributes.Device.Major}:{Attributes.Device.Minor}");
        }

        bool linked = (options & TreeOptions.LinkCounts) != 0 && (kind != InodeKind.Directory || (options & TreeOptions.DirectoryLinkCounts) != 0);
        if (linked)
        {
            line.Append(plain, $" links={Attributes.LinkCount}");
        }

        foreach (string xattr in Xattrs)
        {
            line.Append(' ').Append(xattr);
        }

        return line.ToString();
    }
}
