namespace Ext2Union.Vfs;

/// <summary>
/// Who the current thread works for. The dispatcher sets it for the length of a request; a layer asks it only whether
/// reserved space may be used. Library users who never set it are the superuser.
/// </summary>
public static class Caller
{
    [ThreadStatic]
    private static bool isUnprivileged;

    /// <summary>Whether reserved blocks may be used (the request's uid is 0).</summary>
    public static bool IsPrivileged
    {
        get => !isUnprivileged;
        set => isUnprivileged = !value;
    }
}
