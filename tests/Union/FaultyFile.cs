using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>A file of a <see cref="FaultyLayer"/>.</summary>
internal sealed class FaultyFile(FaultyLayer layer, FileInode inner) : FileInode, IFaulty
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

    public override Errno Sync(bool dataOnly) => layer.Next() is var error and not Errno.None ? error : inner.Sync(dataOnly);

    protected override void LastReleased() => layer.Released(this);

    public override Errno Read(long offset, Span<byte> buffer, out int read)
    {
        Errno error = inner.Read(offset, buffer, out read);
        layer.BytesRead += read;
        return error;
    }

    public override Errno GetExtent(long offset, long end, out bool isHole, out long until) => inner.GetExtent(offset, end, out isHole, out until);

    public override Errno GetCopySource(Span<byte> path, out CopySource source, out int pathLength) =>
        layer.KeepsRecords ? inner.GetCopySource(path, out source, out pathLength) : base.GetCopySource(path, out source, out pathLength);

    public override Errno SetCopySource(in CopySource source, ReadOnlySpan<byte> path) =>
        !layer.KeepsRecords ? Errno.EOPNOTSUPP : layer.Next() is var error and not Errno.None ? error : inner.SetCopySource(source, path);

    public override Errno Write(long offset, ReadOnlySpan<byte> data, out int written)
    {
        written = 0;
        return layer.Next() is var error and not Errno.None ? error : inner.Write(offset, data, out written);
    }

    public override Errno SetSize(long size) => layer.Next() is var error and not Errno.None ? error : inner.SetSize(size);

    public override Errno Allocate(AllocateMode mode, long offset, long length) =>
        layer.Next() is var error and not Errno.None ? error : inner.Allocate(mode, offset, length);

    public override Errno Seek(long offset, SeekKind kind, out long position) => inner.Seek(offset, kind, out position);
}
