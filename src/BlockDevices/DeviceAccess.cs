namespace Ext2Union.BlockDevices;

/// <summary>What a device is opened for.</summary>
public enum DeviceAccess
{
    /// <summary>Reading alone: every write is EROFS.</summary>
    ReadOnly,
    /// <summary>Reading and writing.</summary>
    ReadWrite,
}
