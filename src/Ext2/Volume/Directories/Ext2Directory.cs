using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Directories;

/// <summary>A directory.</summary>
internal sealed class Ext2Directory : LayerDirectory, IExt2Inode
{
    private InodeCore core;

    internal Ext2Directory(Ext2Volume volume, InodeNumber number, uint generation)
    {
        core = new InodeCore(volume, number, generation);
    }

    /// <inheritdoc/>
    public override ulong Number => core.Number.Value;

    /// <inheritdoc/>
    public override uint Generation => core.Generation;

    /// <inheritdoc/>
    public override FileSystem FileSystem => core.Volume;

    ref InodeCore IExt2Inode.Core => ref core;

    bool IExt2Inode.IsReferenced => References > 0;

    /// <inheritdoc/>
    public override Errno GetAttributes(out Attributes attributes) => InodeRequests.GetAttributes(ref core, out attributes);

    /// <inheritdoc/>
    public override Errno SetAttributes(in AttributeChange change) => InodeRequests.SetAttributes(ref core, change);

    /// <inheritdoc/>
    public override Errno GetXattr(ReadOnlySpan<byte> name, Span<byte> buffer, out int length) =>
        XattrRequests.Get(ref core, name, buffer, out length);

    /// <inheritdoc/>
    public override Errno SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrFlags flags) =>
        XattrRequests.Set(ref core, name, value, flags);

    /// <inheritdoc/>
    public override Errno RemoveXattr(ReadOnlySpan<byte> name) => XattrRequests.Remove(ref core, name);

    /// <inheritdoc/>
    public override Errno ListXattr(Span<byte> buffer, out int length) => XattrRequests.List(ref core, buffer, out length);

    /// <inheritdoc/>
    public override Errno Sync(bool dataOnly) => InodeRequests.Sync(ref core);

    /// <inheritdoc/>
    protected override void LastReleased() => core.Volume.Released(this);

    /// <inheritdoc/>
    public override bool IsOpaque => false;

    /// <inheritdoc/>
    public override Errno GetOrigin(Span<byte> path, out OriginKind kind, out int length)
    {
        kind = OriginKind.Natural;
        length = 0;
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Result<Slot> Peek(ReadOnlySpan<byte> name) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override Errno EnumerateSlots(long cookie, SlotSink sink) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override Errno SetOpaque(bool opaque) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override Errno SetOrigin(OriginKind kind, ReadOnlySpan<byte> path) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override Errno PutWhiteout(ReadOnlySpan<byte> name) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override Errno PutFallthru(ReadOnlySpan<byte> name) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override Errno RemoveMark(ReadOnlySpan<byte> name) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override Errno Install(ReadOnlySpan<byte> name, Inode detached) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override Result<Inode> Lookup(ReadOnlySpan<byte> name) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override Result<DirectoryInode> Parent() => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override Result<Inode> Create(ReadOnlySpan<byte> name, in NewInode what) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override Result<Inode> CreateDetached(in NewInode what) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override Errno Link(ReadOnlySpan<byte> name, Inode target) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override Errno Unlink(ReadOnlySpan<byte> name) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override Errno RemoveDirectory(ReadOnlySpan<byte> name) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override Errno Rename(ReadOnlySpan<byte> name, DirectoryInode to, ReadOnlySpan<byte> newName, RenameFlags flags) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override Errno Enumerate(long cookie, DirectorySink sink) => Errno.EOPNOTSUPP;
}
