namespace Ext2Union.Vfs;

/// <summary>How an inode is opened.</summary>
[Flags]
public enum OpenMode
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>For reading.</summary>
    Read = 1,
    /// <summary>For writing: a union makes the file writable on its top now.</summary>
    Write = 2,
    /// <summary>The content will be dropped at once (O_TRUNC): a union need not copy it. The caller follows with <see cref="FileInode.SetSize"/> 0.</summary>
    Truncate = 4,
    /// <summary>O_APPEND.</summary>
    Append = 8,
}
