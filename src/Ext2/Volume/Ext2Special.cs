using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <summary>A device node, fifo or socket.</summary>
internal sealed class Ext2Special : SpecialInode, IExt2Inode
{
    private InodeCore core;

    internal Ext2Special(Ext2Volume volume, InodeNumber number, uint generation, InodeKind kind)
    {
        core = new InodeCore(volume, number, generation);
        Kind = kind;
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
    public override Errno GetCopySource(Span<byte> path, out CopySource source, out int pathLength) =>
        CopyRequests.Get(ref core, path, out source, out pathLength);

    /// <inheritdoc/>
    public override Errno SetCopySource(in CopySource source, ReadOnlySpan<byte> path) => CopyRequests.Set(ref core, source, path);

    /// <inheritdoc/>
    public override Errno Sync(bool dataOnly) => InodeRequests.Sync(ref core, dataOnly);

    /// <inheritdoc/>
    protected override void LastReleased() => core.Volume.Released(this);

    /// <inheritdoc/>
    public override InodeKind Kind { get; }
}
