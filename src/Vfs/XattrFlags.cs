namespace Ext2Union.Vfs;

/// <summary>Flags of setxattr(2).</summary>
[Flags]
public enum XattrFlags
{
    /// <summary>Create or replace.</summary>
    None = 0,
    /// <summary>XATTR_CREATE: EEXIST if it is there.</summary>
    Create = 1,
    /// <summary>XATTR_REPLACE: ENODATA if it is not.</summary>
    Replace = 2,
}
