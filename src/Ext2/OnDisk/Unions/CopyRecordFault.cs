namespace Ext2Union.Ext2.OnDisk.Unions;

/// <summary>What can be wrong with the record of a copy (docs/FORMAT.md, "Copies").</summary>
public enum CopyRecordFault
{
    /// <summary>Nothing.</summary>
    None,
    /// <summary>It ends before its last field.</summary>
    Length,
    /// <summary>Another version than 1.</summary>
    Version,
    /// <summary>A flag that means nothing.</summary>
    Flags,
    /// <summary>A layer's number that is none: 0, or more than 32766.</summary>
    Layer,
    /// <summary>The source has inode number 0.</summary>
    SourceInode,
    /// <summary>Names of the source are counted although the copy is not in the index.</summary>
    LowerNames,
    /// <summary>A remainder below 1 or beyond the source's size.</summary>
    Remainder,
    /// <summary>A size below 0.</summary>
    SourceSize,
    /// <summary>A second of a thousand million nanoseconds or more.</summary>
    Time,
    /// <summary>A path with a leading slash, an empty component, "." or "..", a zero byte, or more than 4095 bytes.</summary>
    Path,
    /// <summary>Incomplete, but no regular file.</summary>
    IncompleteKind,
    /// <summary>A directory in the index.</summary>
    IndexedKind,
    /// <summary>The remainder is longer than the copy is.</summary>
    RemainderBeyondEnd,
}
