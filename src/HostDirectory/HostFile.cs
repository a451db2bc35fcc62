using Ext2Union.Linux.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.HostDirectory;

/// <summary>A regular file.</summary>
internal sealed class HostFile(HostObject shown) : FileInode
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
    public override Errno Read(long offset, Span<byte> buffer, out int read)
    {
        read = 0;
        Errno error = Object.FileSystem.Descriptors.BorrowContent(Object, out DescriptorLease lease);
        if (error != Errno.None)
        {
            return error;
        }

        using (lease)
        {
            return EntryCalls.Read(lease.Descriptor, offset, buffer, out read);
        }
    }

    /// <inheritdoc/>
    public override Errno Write(long offset, ReadOnlySpan<byte> data, out int written)
    {
        written = 0;
        return Errno.EROFS;
    }

    /// <inheritdoc/>
    public override Errno SetSize(long size) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno Allocate(AllocateMode mode, long offset, long length) => Errno.EROFS;

    /// <inheritdoc/>
    public override Errno Seek(long offset, SeekKind kind, out long position)
    {
        position = 0;
        Errno error = Object.FileSystem.Descriptors.BorrowContent(Object, out DescriptorLease lease);
        if (error != Errno.None)
        {
            return error;
        }

        using (lease)
        {
            return EntryCalls.Seek(lease.Descriptor, offset, (int)kind, out position);
        }
    }

    private static bool IsUnreferenced(Inode inode) => ((HostFile)inode).References == 0;
}
