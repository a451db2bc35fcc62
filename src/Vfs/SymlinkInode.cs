namespace Ext2Union.Vfs;

/// <summary>A symbolic link.</summary>
public abstract class SymlinkInode : Inode
{
    /// <inheritdoc/>
    public sealed override InodeKind Kind => InodeKind.Symlink;

    /// <summary>Reads the target, without a zero byte at its end. Errors: ERANGE when it does not fit (4096 bytes always do).</summary>
    public abstract Errno ReadTarget(Span<byte> buffer, out int length);
}
