namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>A name in a directory and what it leads to. A mark has inode 0 and type 8 or 9.</summary>
internal readonly record struct TreeName(uint Directory, string Name, uint Inode, byte Type)
{
    public bool IsMark => Inode == 0;

    public override string ToString() => $"'{Name}' in {Directory} -> {Inode}";
}
