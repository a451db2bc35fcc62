namespace Ext2Union.Vfs;

/// <summary>Major and minor number of a device node (makedev(3)).</summary>
/// <param name="Major">Driver.</param>
/// <param name="Minor">Unit.</param>
public readonly record struct DeviceNumber(uint Major, uint Minor)
{
    /// <summary>The 32-bit form of the kernel's new_encode_dev, which FUSE and stat(2) use: minor low byte, major, minor high.</summary>
    public uint Encoded => (Minor & 0xFF) | (Major << 8) | ((Minor & ~0xFFu) << 12);

    /// <summary>Takes the 32-bit form apart.</summary>
    public static DeviceNumber FromEncoded(uint encoded) => new((encoded & 0xFFF00) >> 8, (encoded & 0xFF) | ((encoded >> 12) & 0xFFF00));
}
