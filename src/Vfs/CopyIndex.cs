namespace Ext2Union.Vfs;

/// <summary>
/// A top's index from objects of lowers to their copies: how every name of a hard-linked lower file leads to one copy. Each entry is a link of
/// the copy, so a copy without any other name lives as long as its entry. Never seen as names. Keys as in <see cref="CopySource"/>.
/// </summary>
public abstract class CopyIndex
{
    /// <summary>Whether nothing is entered. Asked at every lookup of a linked lower file, so it costs nothing; false where that is not known.</summary>
    public virtual bool IsEmpty => false;

    /// <summary>Finds the copy of a lower's inode. Hands out a reference. Errors: ENOENT.</summary>
    public abstract Result<Inode> Find(ushort layer, ulong inode);

    /// <summary>
    /// Enters a copy, detached or named. One step: before it every name of the source shows the source, after it the copy. The copy's times stay.
    /// Errors: EEXIST, EMLINK, ENOSPC, EROFS; EOPNOTSUPP where the layer has no place for an index.
    /// </summary>
    public abstract Errno Put(ushort layer, ulong inode, Inode copy);

    /// <summary>Takes an entry out; the copy loses the link, and with its last one goes when its last reference does. Errors: ENOENT, EROFS.</summary>
    public abstract Errno Remove(ushort layer, ulong inode);
}
