using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>A directory of a <see cref="FaultyLayer"/>.</summary>
internal sealed class FaultyDirectory(FaultyLayer layer, LayerDirectory inner) : LayerDirectory, IFaulty
{
    public Inode Inner => inner;

    public Inode Self => this;

    public override ulong Number => inner.Number;

    public override uint Generation => inner.Generation;

    public override FileSystem FileSystem => layer;

    public override Errno GetAttributes(out Attributes attributes)
    {
        attributes = default;
        return layer.NextStat() is var error and not Errno.None ? error : inner.GetAttributes(out attributes);
    }

    public override Errno SetAttributes(in AttributeChange change) => layer.Next() is var error and not Errno.None ? error : inner.SetAttributes(change);

    public override Errno GetXattr(ReadOnlySpan<byte> name, Span<byte> buffer, out int length) => inner.GetXattr(name, buffer, out length);

    public override Errno SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrFlags flags) =>
        layer.RefuseXattr != Errno.None ? layer.RefuseXattr
        : layer.Next() is var error and not Errno.None ? error
        : inner.SetXattr(name, value, flags);

    public override Errno RemoveXattr(ReadOnlySpan<byte> name) => layer.Next() is var error and not Errno.None ? error : inner.RemoveXattr(name);

    public override Errno ListXattr(Span<byte> buffer, out int length) => inner.ListXattr(buffer, out length);

    public override Errno GetCopySource(Span<byte> path, out CopySource source, out int pathLength) =>
        layer.KeepsRecords ? inner.GetCopySource(path, out source, out pathLength) : base.GetCopySource(path, out source, out pathLength);

    public override Errno SetCopySource(in CopySource source, ReadOnlySpan<byte> path) =>
        !layer.KeepsRecords ? Errno.EOPNOTSUPP : layer.Next() is var error and not Errno.None ? error : inner.SetCopySource(source, path);

    public override Errno Sync(bool dataOnly) => layer.Next() is var error and not Errno.None ? error : inner.Sync(dataOnly);

    protected override void LastReleased() => layer.Released(this);

    public override bool IsOpaque => inner.IsOpaque;

    public override Errno GetOrigin(Span<byte> path, out OriginKind kind, out int length) => inner.GetOrigin(path, out kind, out length);

    public override Result<Slot> Peek(ReadOnlySpan<byte> name) =>
        inner.Peek(name).TryGet(out Slot slot, out Errno error) ? slot.Inode is { } inode ? Slot.Of(layer.Wrap(inode)) : slot : error;

    public override Errno EnumerateSlots(long cookie, SlotSink sink) => inner.EnumerateSlots(cookie, sink);

    public override Errno SetOpaque(bool opaque) => layer.Next() is var error and not Errno.None ? error : inner.SetOpaque(opaque);

    public override Errno SetOrigin(OriginKind kind, ReadOnlySpan<byte> path) =>
        layer.Next() is var error and not Errno.None ? error : inner.SetOrigin(kind, path);

    public override Errno PutWhiteout(ReadOnlySpan<byte> name) => layer.Next() is var error and not Errno.None ? error : inner.PutWhiteout(name);

    public override Errno PutFallthru(ReadOnlySpan<byte> name) => layer.Next() is var error and not Errno.None ? error : inner.PutFallthru(name);

    public override Errno RemoveMark(ReadOnlySpan<byte> name) => layer.Next() is var error and not Errno.None ? error : inner.RemoveMark(name);

    public override Errno Install(ReadOnlySpan<byte> name, Inode detached) =>
        layer.Next() is var error and not Errno.None ? error : inner.Install(name, FaultyLayer.Unwrap(detached));

    public override Result<Inode> Lookup(ReadOnlySpan<byte> name) => layer.Wrap(inner.Lookup(name));

    public override Result<DirectoryInode> Parent() =>
        inner.Parent().TryGet(out DirectoryInode parent, out Errno error) ? (DirectoryInode)layer.Wrap(parent) : error;

    public override Result<Inode> Create(ReadOnlySpan<byte> name, in NewInode what) =>
        layer.Next() is var error and not Errno.None ? error : layer.Wrap(inner.Create(name, what));

    public override Result<Inode> CreateDetached(in NewInode what) =>
        layer.Next() is var error and not Errno.None ? error : layer.Wrap(inner.CreateDetached(what));

    public override Result<Inode> CreateDetachedDirectory(in NewInode what) =>
        layer.Next() is var error and not Errno.None ? error : layer.Wrap(inner.CreateDetachedDirectory(what));

    public override Errno Link(ReadOnlySpan<byte> name, Inode target) =>
        layer.Next() is var error and not Errno.None ? error : inner.Link(name, FaultyLayer.Unwrap(target));

    public override Errno Unlink(ReadOnlySpan<byte> name) => layer.Next() is var error and not Errno.None ? error : inner.Unlink(name);

    public override Errno RemoveDirectory(ReadOnlySpan<byte> name) => layer.Next() is var error and not Errno.None ? error : inner.RemoveDirectory(name);

    public override Errno Rename(ReadOnlySpan<byte> name, DirectoryInode to, ReadOnlySpan<byte> newName, RenameFlags flags) =>
        layer.Next() is var error and not Errno.None ? error : inner.Rename(name, (DirectoryInode)FaultyLayer.Unwrap(to), newName, flags);

    public override Errno Enumerate(long cookie, DirectorySink sink) => inner.Enumerate(cookie, sink);
}
