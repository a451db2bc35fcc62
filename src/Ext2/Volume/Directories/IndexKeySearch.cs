using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Directories;

/// <summary>Looks whether a directory holds keys of the index of copies, or only other names.</summary>
internal sealed class IndexKeySearch : SlotSink
{
    /// <summary>It holds a name.</summary>
    public bool HasName { get; private set; }

    /// <summary>It holds a key.</summary>
    public bool HasKey { get; private set; }

    /// <inheritdoc/>
    public override bool Add(ReadOnlySpan<byte> name, SlotKind slot, ulong inode, InodeKind kind, long nextCookie)
    {
        HasName = true;
        HasKey = CopyIndexName.TryParse(name, out _, out _);
        return !HasKey;
    }
}
