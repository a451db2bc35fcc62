using Ext2Union.Linux.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.HostDirectory;

/// <summary>A symbolic link.</summary>
internal sealed class HostSymlink(HostObject shown) : SymlinkInode
{
    private HostObject Object { get; } = shown;

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

    /// <inheritdoc/>
    public override Errno ReadTarget(Span<byte> buffer, out int length)
    {
        length = 0;
        Errno error = Object.FileSystem.Descriptors.BorrowPath(Object, out DescriptorLease lease);
        if (error != Errno.None)
        {
            return error;
        }

        using (lease)
        {
            return EntryCalls.ReadLink(lease.Descriptor, buffer, out length);
        }
    }

    private static bool IsUnreferenced(Inode inode) => ((HostSymlink)inode).References == 0;
}
