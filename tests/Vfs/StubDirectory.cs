namespace Ext2Union.Vfs.Tests;

/// <summary>A directory that has attributes and perhaps a default ACL, and nothing in it.</summary>
internal sealed class StubDirectory(uint mode, uint groupId, byte[]? defaultAcl) : DirectoryInode
{
    public override ulong Number => 2;
    public override uint Generation => 0;
    public override FileSystem FileSystem => throw new InvalidOperationException("A stub belongs to no file system.");
    public int LastReleasedCount { get; private set; }

    protected override void LastReleased() => LastReleasedCount++;

    public override Errno GetAttributes(out Attributes attributes)
    {
        attributes = new Attributes { Mode = mode, GroupId = groupId };
        return Errno.None;
    }

    public override Errno GetXattr(ReadOnlySpan<byte> name, Span<byte> buffer, out int length)
    {
        length = defaultAcl?.Length ?? 0;
        if (defaultAcl is null || !name.SequenceEqual(PosixAcl.DefaultName))
        {
            return Errno.ENODATA;
        }

        return defaultAcl.AsSpan().TryCopyTo(buffer) ? Errno.None : Errno.ERANGE;
    }

    public override Errno SetAttributes(in AttributeChange change) => Errno.EROFS;
    public override Errno SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrFlags flags) => Errno.EROFS;
    public override Errno RemoveXattr(ReadOnlySpan<byte> name) => Errno.EROFS;

    public override Errno ListXattr(Span<byte> buffer, out int length)
    {
        length = 0;
        return Errno.None;
    }

    public override Errno Sync(bool dataOnly) => Errno.None;
    public override Result<Inode> Lookup(ReadOnlySpan<byte> name) => Errno.ENOENT;
    public override Result<DirectoryInode> Parent() => Errno.ESTALE;
    public override Result<Inode> Create(ReadOnlySpan<byte> name, in NewInode what) => Errno.EROFS;
    public override Result<Inode> CreateDetached(in NewInode what) => Errno.EROFS;
    public override Errno Link(ReadOnlySpan<byte> name, Inode target) => Errno.EROFS;
    public override Errno Unlink(ReadOnlySpan<byte> name) => Errno.EROFS;
    public override Errno RemoveDirectory(ReadOnlySpan<byte> name) => Errno.EROFS;
    public override Errno Rename(ReadOnlySpan<byte> name, DirectoryInode to, ReadOnlySpan<byte> newName, RenameFlags flags) => Errno.EROFS;
    public override Errno Enumerate(long cookie, DirectorySink sink) => Errno.None;
}
