namespace Ext2Union.Ext2.OnDisk.Directories;

/// <summary>Why the record chain of a directory block is not sound.</summary>
public enum DirectoryFault
{
    /// <summary>It is sound.</summary>
    None,
    /// <summary>A record is shorter than <see cref="RecordLength.Minimum"/>.</summary>
    RecordTooShort,
    /// <summary>A record's length is no multiple of <see cref="RecordLength.Alignment"/>.</summary>
    RecordMisaligned,
    /// <summary>A record goes beyond the end of the block, or leaves less than the shortest record behind it.</summary>
    RecordCrossesBlock,
    /// <summary>A name is longer than its record.</summary>
    NameOutsideRecord,
}
