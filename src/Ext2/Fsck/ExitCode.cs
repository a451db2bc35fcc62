namespace Ext2Union.Ext2.Fsck;

/// <summary>Exit status of fsck(8): the OR of what happened.</summary>
[Flags]
public enum ExitCode
{
    /// <summary>No problem.</summary>
    Clean = 0,
    /// <summary>Problems were corrected.</summary>
    Corrected = 1,
    /// <summary>The system should be rebooted.</summary>
    Reboot = 2,
    /// <summary>Problems were left.</summary>
    Left = 4,
    /// <summary>Operational error: the device cannot be opened, read or written, or is in use.</summary>
    Operational = 8,
    /// <summary>Usage error.</summary>
    Usage = 16,
    /// <summary>Cancelled by the user.</summary>
    Cancelled = 32,
    /// <summary>Shared library error.</summary>
    Library = 128,
}
