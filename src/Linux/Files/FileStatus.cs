using Ext2Union.Vfs;

namespace Ext2Union.Linux.Files;

/// <summary>What statx(2) says of an open file.</summary>
/// <param name="Device">Device number of the file system it lies in.</param>
/// <param name="Inode">Inode number there.</param>
/// <param name="Mode">Type and permission bits.</param>
/// <param name="Size">Length in bytes; zero for a device.</param>
/// <param name="SpecialDevice">Of a device node: what it stands for.</param>
/// <param name="AllocatedBytes">Space in use.</param>
public readonly record struct FileStatus(
    DeviceNumber Device, ulong Inode, uint Mode, long Size, DeviceNumber SpecialDevice, long AllocatedBytes)
{
    /// <summary>What it is.</summary>
    public InodeKind Kind => ModeBits.KindOf(Mode);

    /// <summary>Whether both are the same object.</summary>
    public bool IsSameObject(in FileStatus other) => Device == other.Device && Inode == other.Inode;
}
