using Ext2Union.Vfs;

namespace Ext2Union.Fuse;

/// <summary>
/// Owners and permissions as the mount shows them where they are not to be those of the file system (uid=, gid=, umask=, squash_to_root). The
/// kernel decides by what it is shown. What is stored stays as it is.
/// </summary>
public sealed record Presentation
{
    /// <summary>Everything belongs to this user; null: to whom it belongs.</summary>
    public uint? UserId { get; init; }

    /// <summary>Everything belongs to this group.</summary>
    public uint? GroupId { get; init; }

    /// <summary>Everything has all permissions but these (and no set-id bits); null: its own.</summary>
    public uint? Umask { get; init; }

    /// <summary>Everything is made and given to root too, whoever does it (as fuse-overlayfs has it).</summary>
    public bool StoresRoot { get; init; }

    /// <summary>Changes what is shown of an object.</summary>
    public void Apply(ref Attributes attributes)
    {
        const uint AllPermissions = 0x1FF;
        const uint TypeMask = 0xF000;
        attributes.UserId = UserId ?? attributes.UserId;
        attributes.GroupId = GroupId ?? attributes.GroupId;
        if (Umask is { } withheld && ModeBits.KindOf(attributes.Mode) != InodeKind.Symlink)
        {
            attributes.Mode = (attributes.Mode & TypeMask) | (AllPermissions & ~withheld);
        }
    }
}
