using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>The index of copies of a <see cref="FaultyLayer"/>.</summary>
internal sealed class FaultyIndex(FaultyLayer layer, CopyIndex inner) : CopyIndex
{
    public override bool IsEmpty => inner.IsEmpty;

    public override Result<Inode> Find(ushort layerNumber, ulong inode) => layer.Wrap(inner.Find(layerNumber, inode));

    public override Errno Put(ushort layerNumber, ulong inode, Inode copy) =>
        layer.Next() is var error and not Errno.None ? error : inner.Put(layerNumber, inode, FaultyLayer.Unwrap(copy));

    public override Errno Remove(ushort layerNumber, ulong inode) =>
        layer.Next() is var error and not Errno.None ? error : inner.Remove(layerNumber, inode);
}
