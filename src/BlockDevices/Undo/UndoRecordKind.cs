namespace Ext2Union.BlockDevices.Undo;

/// <summary>What a record of an undo file holds.</summary>
internal enum UndoRecordKind : uint
{
    /// <summary>What a range held before it was first written.</summary>
    Content = 1,
    /// <summary>A range that held zeros; the record has no data.</summary>
    Zeros = 2,
    /// <summary>Identity bytes that are about to be written.</summary>
    Identity = 3,
    /// <summary>The last one: for every record of the first two kinds, in their order, SHA-256 of what the range held when the writer ended.</summary>
    Ending = 4,
}
