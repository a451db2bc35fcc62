namespace Ext2Union.Ext2.Fsck;

/// <summary>What -p does with a problem.</summary>
public enum PreenAction
{
    /// <summary>Repairs it without asking: the repair loses nothing, or is what a crash leaves behind.</summary>
    Repair,
    /// <summary>Stops: a person must decide.</summary>
    Stop,
    /// <summary>
    /// Repairs it on a volume that was in use when it stopped, for a crash leaves such; on one that was unmounted cleanly, or whose kernel met errors, it is damage:
    /// then it stops, as e2fsck does on any volume.
    /// </summary>
    RepairAfterCrash,
    /// <summary>Says it and goes on: it does no harm, and whether it shall go is a person's to decide.</summary>
    Leave,
}
