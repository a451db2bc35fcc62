namespace Ext2Union.BlockDevices.Undo;

/// <summary>What has become of an undo file.</summary>
internal enum UndoPhase : uint
{
    /// <summary>It is being written, or its writer was ended.</summary>
    Open = 0,
    /// <summary>Its writer ended and noted how the device was then.</summary>
    Finished = 1,
    /// <summary>It is being undone, or that was cut off: the device may hold old and new content.</summary>
    Undoing = 2,
    /// <summary>It was undone.</summary>
    Undone = 3,
}
