namespace Ext2Union.Vfs;

/// <summary>
/// What a directory must offer to be part of a union: it can hold marks. Its ordinary operations treat a marked name as absent;
/// <see cref="DirectoryInode.Create"/>, <see cref="DirectoryInode.Link"/> and <see cref="DirectoryInode.Rename"/> replace a mark of their name in the same step.
/// <see cref="DirectoryInode.RemoveDirectory"/> takes a directory that holds only marks for empty, and removes it, marks and all.
/// The calls below never change the directory's times: the union decides whether something visible happened.
/// </summary>
public abstract class LayerDirectory : DirectoryInode
{
    /// <summary>Names absent here are absent in the union.</summary>
    public abstract bool IsOpaque { get; }

    /// <summary>Reads where the twins of this directory lie. <paramref name="length"/> is the length of the path of a redirect, written to <paramref name="path"/>.</summary>
    public abstract Errno GetOrigin(Span<byte> path, out OriginKind kind, out int length);

    /// <summary>Finds a name's slot, with a reference to its inode.</summary>
    public abstract Result<Slot> Peek(ReadOnlySpan<byte> name);

    /// <summary>Delivers the slots behind a cookie, marks included; cookies as in <see cref="DirectoryInode.Enumerate"/>, and the same ones.</summary>
    public abstract Errno EnumerateSlots(long cookie, SlotSink sink);

    /// <summary>Sets or clears the opaque flag. It is durable after every mark put before it. Errors: EROFS.</summary>
    public abstract Errno SetOpaque(bool opaque);

    /// <summary>Stores where the twins lie. Durable before any later change of this directory's name. Errors: EROFS, ENOSPC, ENAMETOOLONG.</summary>
    public abstract Errno SetOrigin(OriginKind kind, ReadOnlySpan<byte> path);

    /// <summary>
    /// Puts a whiteout. Replaces a fallthru, or an ordinary entry (whose object loses a link; an empty directory's entry goes with the directory).
    /// Errors: EEXIST when a whiteout is there, ENOTEMPTY, ENOSPC, EROFS.
    /// </summary>
    public abstract Errno PutWhiteout(ReadOnlySpan<byte> name);

    /// <summary>Puts a fallthru where nothing is. Errors: EEXIST when anything is there, ENOSPC, EROFS.</summary>
    public abstract Errno PutFallthru(ReadOnlySpan<byte> name);

    /// <summary>Removes a mark. Errors: ENOENT when there is none, EROFS.</summary>
    public abstract Errno RemoveMark(ReadOnlySpan<byte> name);

    /// <summary>
    /// Makes an empty directory without a name, to be named by <see cref="Install"/> of this directory and of no other. It goes when its last
    /// reference is released before that. Errors: ENOSPC, EROFS, ENOENT when this directory was removed.
    /// </summary>
    public abstract Result<Inode> CreateDetachedDirectory(in NewInode what);

    /// <summary>
    /// <see cref="DirectoryInode.Link"/> for a copy-up: names a detached inode, consuming a fallthru of that name, and leaves the directory's times
    /// and the inode's times alone. Errors: as there; EPERM for a directory that is not a detached one of this directory.
    /// </summary>
    public abstract Errno Install(ReadOnlySpan<byte> name, Inode detached);
}
