using Ext2Union.Vfs;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>
/// How i_block holds a device number: the old 16-bit form in word 0 where both numbers fit a byte, else the new 32-bit form in
/// word 1 with word 0 zero (kernel <c>old_encode_dev</c>, <c>new_encode_dev</c>).
/// </summary>
public static class DeviceEncoding
{
    /// <summary>Reads the number.</summary>
    public static DeviceNumber Read(in RawInode inode)
    {
        uint old = inode.Block[0];
        return old != 0 ? new DeviceNumber((old >> 8) & 0xFF, old & 0xFF) : DeviceNumber.FromEncoded(inode.Block[1]);
    }

    /// <summary>Stores the number; all other words become zero.</summary>
    public static void Write(ref RawInode inode, DeviceNumber device)
    {
        Span<Le32> words = inode.Block;
        words.Clear();
        if (device.Major < 256 && device.Minor < 256)
        {
            words[0] = (device.Major << 8) | device.Minor;
        }
        else
        {
            words[1] = device.Encoded;
        }
    }
}
