namespace Ext2Union.Vfs;

/// <summary>Takes the entries of a directory as they are enumerated. One object serves many calls, so that listing makes no garbage.</summary>
public abstract class DirectorySink
{
    /// <summary>
    /// Offers one entry. <paramref name="nextCookie"/> continues behind it. False: it was not taken, stop here.
    /// Must not call back into the directory: its lock is held.
    /// </summary>
    public abstract bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie);
}
