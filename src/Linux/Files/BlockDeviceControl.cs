using Ext2Union.Vfs;

namespace Ext2Union.Linux.Files;

/// <summary>The ioctls of a block device (linux/fs.h). Errors: ENOTTY for anything else.</summary>
public static unsafe class BlockDeviceControl
{
    private const uint GetReadOnlyFlag = 0x125E;
    private const uint GetSectorSize = 0x1268;
    private const uint DiscardRange = 0x1277;
    private const uint ZeroOut = 0x127F;
    private const uint GetSize64 = 0x80081272;

    /// <summary>BLKGETSIZE64: length in bytes.</summary>
    public static Errno GetLength(FileDescriptor device, out long length)
    {
        ulong value = 0;
        Errno error = device.Control(GetSize64, &value);
        length = (long)value;
        return error;
    }

    /// <summary>BLKSSZGET: bytes of a logical sector, the unit of <see cref="Discard"/> and <see cref="WriteZeros"/>.</summary>
    public static Errno GetSectorBytes(FileDescriptor device, out int sectorBytes)
    {
        int value = 0;
        Errno error = device.Control(GetSectorSize, &value);
        sectorBytes = value;
        return error;
    }

    /// <summary>BLKROGET: whether the device is write-protected.</summary>
    public static Errno GetReadOnly(FileDescriptor device, out bool readOnly)
    {
        int value = 0;
        Errno error = device.Control(GetReadOnlyFlag, &value);
        readOnly = value != 0;
        return error;
    }

    /// <summary>BLKDISCARD of a range in whole sectors.</summary>
    public static Errno Discard(FileDescriptor device, long offset, long length) => OfRange(device, DiscardRange, offset, length);

    /// <summary>BLKZEROOUT of a range in whole sectors: the range reads as zeros.</summary>
    public static Errno WriteZeros(FileDescriptor device, long offset, long length) => OfRange(device, ZeroOut, offset, length);

    private static Errno OfRange(FileDescriptor device, uint request, long offset, long length)
    {
        ulong* range = stackalloc ulong[2];
        range[0] = (ulong)offset;
        range[1] = (ulong)length;
        return device.Control(request, range);
    }
}
