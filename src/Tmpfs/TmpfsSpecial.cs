using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs;

/// <summary>A device node, fifo or socket.</summary>
internal sealed class TmpfsSpecial(InodeRecord record, DeviceNumber device) : SpecialInode, ITmpfsInode
{
    /// <inheritdoc/>
    public InodeRecord Record { get; } = record;

    /// <inheritdoc/>
    public override InodeKind Kind => Record.Kind;

    /// <inheritdoc/>
    public override ulong Number => Record.Number;

    /// <inheritdoc/>
    public override uint Generation => Record.FileSystem.Generation;

    /// <inheritdoc/>
    public override FileSystem FileSystem => Record.FileSystem;

    Inode ITmpfsInode.AsInode => this;

    bool ITmpfsInode.IsUnreferenced => References == 0;

    /// <inheritdoc/>
    public override Errno SetAttributes(in AttributeChange change) => Record.SetAttributes(in change);

    /// <inheritdoc/>
    public override Errno GetXattr(ReadOnlySpan<byte> name, Span<byte> buffer, out int length) => Record.GetXattr(name, buffer, out length);

    /// <inheritdoc/>
    public override Errno SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrFlags flags) => Record.SetXattr(name, value, flags);

    /// <inheritdoc/>
    public override Errno RemoveXattr(ReadOnlySpan<byte> name) => Record.RemoveXattr(name);

    /// <inheritdoc/>
    public override Errno ListXattr(Span<byte> buffer, out int length) => Record.ListXattr(buffer, out length);

    /// <inheritdoc/>
    public override Errno GetCopySource(Span<byte> path, out CopySource source, out int pathLength) =>
        Record.GetCopySource(path, out source, out pathLength);

    /// <inheritdoc/>
    public override Errno SetCopySource(in CopySource source, ReadOnlySpan<byte> path) => Record.SetCopySource(source, path);

    /// <inheritdoc/>
    public override Errno Sync(bool dataOnly) => Errno.None;

    /// <inheritdoc/>
    protected override void LastReleased() => Record.FileSystem.LastReleased(this);

    /// <inheritdoc/>
    public override Errno GetAttributes(out Attributes attributes)
    {
        using RankedLock.Scope scope = Record.FileSystem.Gate.Enter();
        attributes = Record.AttributesLocked();
        attributes.Device = device;
        return Errno.None;
    }

    void ITmpfsInode.FreeContent()
    {
    }
}
