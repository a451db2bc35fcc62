namespace Ext2Union.BlockDevices;

/// <summary>Who else may have the image open while we do.</summary>
public enum DeviceSharing
{
    /// <summary>Nobody: mkfs, a repairing fsck, the top of a union, a writable mount. A block device is claimed from the kernel too (O_EXCL).</summary>
    Exclusive,
    /// <summary>
    /// Nobody, but the kernel's claim on a block device is left to a mount that follows (fuseblk): the device must be free, and is not claimed.
    /// </summary>
    ForMount,
    /// <summary>Other readers, but no writer and no writable kernel mount: a lower, a checking fsck, a read-only mount.</summary>
    Shared,
    /// <summary>Anybody: no lock is taken and none respected. For looking at a volume that is in use.</summary>
    Unlocked,
}
