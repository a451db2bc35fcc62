using Ext2Union.Vfs;

namespace Ext2Union.HostDirectory;

/// <summary>What a union asks of a layer: nothing is marked here.</summary>
internal sealed partial class HostDirectoryInode
{
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
    public override Result<Slot> Peek(ReadOnlySpan<byte> name)
    {
        Result<Inode> found = Lookup(name);
        return found.Succeeded ? Slot.Of(found.Value) : found.Error == Errno.ENOENT ? Slot.Absent : found.Error;
    }
}
