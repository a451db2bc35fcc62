namespace Ext2Union.Vfs;

/// <summary>A device node, fifo or socket. It has attributes only; <see cref="Attributes.Device"/> tells what a device stands for.</summary>
public abstract class SpecialInode : Inode
{
}
