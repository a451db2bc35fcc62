namespace Ext2Union.BlockDevices;

/// <summary>What is asked of a device.</summary>
public enum DeviceOperation
{
    /// <summary><see cref="BlockDevice.Read"/>.</summary>
    Read,
    /// <summary><see cref="BlockDevice.Write"/>.</summary>
    Write,
    /// <summary><see cref="BlockDevice.WriteZeros"/>, and <see cref="BlockDevice.Discard"/>.</summary>
    WriteZeros,
    /// <summary><see cref="BlockDevice.Flush"/>.</summary>
    Flush,
}
