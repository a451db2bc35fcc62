namespace Ext2Union.Ext2.Fsck;

/// <summary>What became of a problem.</summary>
public enum FindingOutcome
{
    /// <summary>It is only said.</summary>
    Noted,
    /// <summary>It was repaired.</summary>
    Corrected,
    /// <summary>It stays.</summary>
    Left,
    /// <summary>It stays, and -p ended at it.</summary>
    Stopped,
}
