using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// Gives back the references that objects hold to their directories, one after the other instead of one within the other: a path may be
/// deeper than a stack.
/// </summary>
internal static class ReleaseQueue
{
    [ThreadStatic]
    private static Stack<Inode>? pending;

    [ThreadStatic]
    private static bool isDraining;

    /// <summary>Gives one reference back, now or as soon as the caller that drains the queue comes to it.</summary>
    public static void Release(Inode inode)
    {
        Stack<Inode> queue = pending ??= new Stack<Inode>();
        queue.Push(inode);
        if (isDraining)
        {
            return;
        }

        isDraining = true;
        try
        {
            while (queue.TryPop(out Inode? next))
            {
                next.Release();
            }
        }
        finally
        {
            isDraining = false;
        }
    }
}
