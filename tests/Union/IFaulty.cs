using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>A wrapper of <see cref="FaultyLayer"/>.</summary>
internal interface IFaulty
{
    public Inode Inner { get; }

    public Inode Self { get; }
}
