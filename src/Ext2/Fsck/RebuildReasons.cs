namespace Ext2Union.Ext2.Fsck;

/// <summary>Why pass 3 is to write a directory anew.</summary>
[Flags]
internal enum RebuildReasons : byte
{
    /// <summary>It is not.</summary>
    None = 0,
    /// <summary>Its index was dropped: without a new one it is slower to search, and sound.</summary>
    Index = 1,
    /// <summary>Names are there twice.</summary>
    Doubles = 2,
    /// <summary>It lacks a block.</summary>
    Hole = 4,
}
