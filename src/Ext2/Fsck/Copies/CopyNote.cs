using Ext2Union.Ext2.OnDisk.Unions;

namespace Ext2Union.Ext2.Fsck;

/// <summary>What is known of one copy whose record asks for more than to be counted: indexed, incomplete, or damaged.</summary>
internal struct CopyNote
{
    /// <summary>Number of the lower in the table of lowers.</summary>
    public ushort Layer;
    /// <summary>The record is to be in the index.</summary>
    public bool IsIndexed;
    /// <summary>Part of the data lies in the source.</summary>
    public bool IsIncomplete;
    /// <summary>An entry of the index agrees with the record.</summary>
    public bool HasEntry;
    /// <summary>What is wrong with the record by itself or for this inode.</summary>
    public CopyRecordFault Fault;
    /// <summary>Names of the source that still show from below.</summary>
    public uint LowerNames;
    /// <summary>Inode number of the source.</summary>
    public ulong Source;
    /// <summary>Blocks below the size that a regular file does not have.</summary>
    public long MissingBlocks;

    /// <summary>The record may be read, whatever inode it is on.</summary>
    public readonly bool IsReadable => Fault is CopyRecordFault.None or CopyRecordFault.IncompleteKind or CopyRecordFault.IndexedKind
        or CopyRecordFault.RemainderBeyondEnd;
}
