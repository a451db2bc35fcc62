using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>Takes the name under which a number is listed.</summary>
internal sealed class NameOf(ulong number) : DirectorySink
{
    /// <summary>The name; null when the number was not listed.</summary>
    public byte[]? Name { get; private set; }

    /// <inheritdoc/>
    public override bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie)
    {
        Name = inode == number ? name.ToArray() : null;
        return Name is null;
    }
}
