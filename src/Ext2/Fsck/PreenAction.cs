namespace Ext2Union.Ext2.Fsck;

/// <summary>What -p does with a problem.</summary>
public enum PreenAction
{
    /// <summary>Repairs it without asking: the repair loses nothing, or is what a crash leaves behind.</summary>
    Repair,
    /// <summary>Stops: a person must decide.</summary>
    Stop,
}
