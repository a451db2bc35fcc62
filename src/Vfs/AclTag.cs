namespace Ext2Union.Vfs;

/// <summary>Whom an entry of an access control list speaks of (linux/posix_acl.h, ACL_*).</summary>
public enum AclTag : ushort
{
    /// <summary>ACL_USER_OBJ: the owner.</summary>
    Owner = 1,
    /// <summary>ACL_USER: a named user.</summary>
    User = 2,
    /// <summary>ACL_GROUP_OBJ: the owning group.</summary>
    OwningGroup = 4,
    /// <summary>ACL_GROUP: a named group.</summary>
    Group = 8,
    /// <summary>ACL_MASK: the most that named users and all groups can have.</summary>
    Mask = 16,
    /// <summary>ACL_OTHER: everyone else.</summary>
    Other = 32,
}
