using Ext2Union.Linux.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.HostDirectory;

/// <summary>A directory. It holds no marks: a 0/0 device of an overlay is shown as the device it is.</summary>
internal sealed partial class HostDirectoryInode : ReadOnlyDirectory
{
    private const int MaximumNameBytes = 255;

    /// <summary>Shows an object, and becomes the inode that stands for it.</summary>
    public HostDirectoryInode(HostObject shown)
    {
        Object = shown;
        shown.Inode = this;
    }

    /// <summary>What it shows.</summary>
    public HostObject Object { get; }

    /// <inheritdoc/>
    public override ulong Number => Object.Number;

    /// <inheritdoc/>
    public override uint Generation => Object.Generation;

    /// <inheritdoc/>
    public override FileSystem FileSystem => Object.FileSystem;

    /// <inheritdoc/>
    public override Errno GetAttributes(out Attributes attributes) => HostCalls.GetAttributes(Object, out attributes);

    /// <inheritdoc/>
    public override Errno GetXattr(ReadOnlySpan<byte> name, Span<byte> buffer, out int length) => HostCalls.GetXattr(Object, name, buffer, out length);

    /// <inheritdoc/>
    public override Errno ListXattr(Span<byte> buffer, out int length) => HostCalls.ListXattr(Object, buffer, out length);

    /// <inheritdoc/>
    public override Errno Sync(bool dataOnly) => Errno.None;

    /// <inheritdoc/>
    protected override void LastReleased() => Object.FileSystem.LastReleased(Object, IsUnreferenced);

    /// <inheritdoc/>
    public override Result<Inode> Lookup(ReadOnlySpan<byte> name)
    {
        if (name.Length > MaximumNameBytes)
        {
            return Errno.ENAMETOOLONG;
        }

        if (Object.IsHidden)
        {
            return Errno.ENOENT;
        }

        Span<byte> buffer = stackalloc byte[MaximumNameBytes + 1];
        name.CopyTo(buffer);
        buffer[name.Length] = 0;
        ReadOnlySpan<byte> terminatedName = buffer[..(name.Length + 1)];
        Errno error = Object.FileSystem.Descriptors.BorrowPath(Object, out DescriptorLease lease);
        if (error != Errno.None)
        {
            return error;
        }

        using (lease)
        {
            error = Object.FileSystem.GetStatus(lease.Descriptor, terminatedName, out EntryStatus status, out bool isHidden);
            return error == Errno.None ? Object.FileSystem.Intern(in status, isHidden, Object, terminatedName) : error;
        }
    }

    /// <inheritdoc/>
    public override Result<DirectoryInode> Parent()
    {
        // The place may change under us: the reference is taken under the lock that guards it.
        using RankedLock.Scope scope = Object.FileSystem.Gate.Enter();
        Inode above = Object.Location?.Parent.Inode ?? this;
        above.Acquire();
        return (DirectoryInode)above;
    }

    private static bool IsUnreferenced(Inode inode) => ((HostDirectoryInode)inode).References == 0;
}
