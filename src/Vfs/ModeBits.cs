namespace Ext2Union.Vfs;

/// <summary>The bits of <c>st_mode</c> (inode(7)).</summary>
public static class ModeBits
{
    /// <summary>Mask of the file type.</summary>
    public const uint TypeMask = 0xF000;
    /// <summary>Mask of permissions, set-user-id, set-group-id and sticky.</summary>
    public const uint PermissionMask = 0x0FFF;
    /// <summary>S_ISUID.</summary>
    public const uint SetUserId = 0x800;
    /// <summary>S_ISGID.</summary>
    public const uint SetGroupId = 0x400;
    /// <summary>S_IXGRP.</summary>
    public const uint GroupExecute = 0x8;

    /// <summary>The kind that a mode names.</summary>
    public static InodeKind KindOf(uint mode) => (InodeKind)((mode & TypeMask) >> 12);

    /// <summary>A mode of this kind with these permission bits (07777).</summary>
    public static uint Of(InodeKind kind, uint permissions) => ((uint)kind << 12) | (permissions & PermissionMask);
}
