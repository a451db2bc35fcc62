namespace Ext2Union.Ext2.OnDisk.Directories;

/// <summary>Why a block cannot serve as a part of a directory's hash index.</summary>
public enum HashTreeFault
{
    /// <summary>It can.</summary>
    None,
    /// <summary>The first block does not begin with "." and a ".." that fills the rest, or an index node not with one free record.</summary>
    NoIndexBlock,
    /// <summary>Reserved fields or the length of <see cref="HashTreeRootInfo"/> are not as they must be.</summary>
    BadRootInfo,
    /// <summary>A hash version that does not exist on ext2.</summary>
    UnknownHash,
    /// <summary>More levels than ext2 allows.</summary>
    TooDeep,
    /// <summary>The limit is not the one of this block size.</summary>
    BadLimit,
    /// <summary>The count is zero or above the limit.</summary>
    BadCount,
    /// <summary>Hashes do not rise.</summary>
    BadOrder,
}
