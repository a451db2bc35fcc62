namespace Ext2Union.Vfs;

/// <summary>One entry of an access control list.</summary>
/// <param name="Tag">Whom it speaks of.</param>
/// <param name="Permissions">Read 4, write 2, execute 1.</param>
/// <param name="Id">User or group number of a named entry, else <see cref="NoId"/>.</param>
public readonly record struct AclEntry(AclTag Tag, ushort Permissions, uint Id)
{
    /// <summary>ACL_UNDEFINED_ID.</summary>
    public const uint NoId = 0xFFFFFFFF;

    /// <summary>Whether it names a user or a group.</summary>
    public bool IsNamed => Tag is AclTag.User or AclTag.Group;
}
