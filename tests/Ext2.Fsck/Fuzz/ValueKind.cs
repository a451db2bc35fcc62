namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>What a field means, which decides what wrong values are worth trying.</summary>
internal enum ValueKind
{
    Any,
    Block,
    Inode,
    Count,
    Flags,
    Size,
    Time,
}
