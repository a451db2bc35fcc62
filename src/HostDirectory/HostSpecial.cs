using Ext2Union.Vfs;

namespace Ext2Union.HostDirectory;

/// <summary>A device node, fifo or socket. It is never opened.</summary>
internal sealed class HostSpecial(HostObject shown) : SpecialInode
{
    private HostObject Object { get; } = shown;

    /// <inheritdoc/>
    public override InodeKind Kind => Object.Kind;

    /// <inheritdoc/>
    public override ulong Number => Object.Number;

    /// <inheritdoc/>
    public override uint Generation => Object.Generation;

    /// <inheritdoc/>
    public override FileSystem FileSystem => Object.FileSystem;

    /// <inheritdoc/>
    public override Errno GetAttributes(out Attributes attributes) => HostCalls.GetAttributes(Object, out attributes);

    /// <inheritdoc/>
    public override Errno SetAttributes(in AttributeChange change) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno GetXattr(ReadOnlySpan<byte> name, Span<byte> buffer, out int length) => HostCalls.GetXattr(Object, name, buffer, out length);

    /// <inheritdoc/>
    public override Errno SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrFlags flags) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno RemoveXattr(ReadOnlySpan<byte> name) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno ListXattr(Span<byte> buffer, out int length) => HostCalls.ListXattr(Object, buffer, out length);

    /// <inheritdoc/>
    public override Errno Sync(bool dataOnly) => Errno.None;

    /// <inheritdoc/>
    protected override void LastReleased() => Object.FileSystem.LastReleased(Object, IsUnreferenced);

    private static bool IsUnreferenced(Inode inode) => ((HostSpecial)inode).References == 0;
}
