namespace Ext2Union.Vfs;

/// <summary>
/// What a new inode shall be. The caller has already applied umask, set-group-id of the parent and default ACLs
/// (Inheritance), so a layer stores what it is told.
/// </summary>
public ref struct NewInode
{
    /// <summary>Type and permission bits.</summary>
    public uint Mode;
    /// <summary>Owner.</summary>
    public uint UserId;
    /// <summary>Group.</summary>
    public uint GroupId;
    /// <summary>Of a device node: what it stands for.</summary>
    public DeviceNumber Device;
    /// <summary>Of a symlink: its target, 1 to 4095 bytes.</summary>
    public ReadOnlySpan<byte> Target;
    /// <summary>Value of <c>system.posix_acl_access</c> in its xattr form, or empty.</summary>
    public ReadOnlySpan<byte> AccessAcl;
    /// <summary>Value of <c>system.posix_acl_default</c> in its xattr form, or empty.</summary>
    public ReadOnlySpan<byte> DefaultAcl;
    /// <summary>Of a directory: it is opaque with origin none from the first moment (mkdir through a union).</summary>
    public bool Opaque;
    /// <summary>The parent's modification and change time stay as they are (materialising, copy-up).</summary>
    public bool KeepParentTimes;

    /// <summary>What it will be.</summary>
    public readonly InodeKind Kind => ModeBits.KindOf(Mode);
}
