using System.Runtime.InteropServices;

namespace Ext2Union.Linux.Files;

/// <summary><c>struct statx</c> of linux/stat.h, as far as it is read here; the same on every architecture, unlike <c>struct stat</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct StatxBuffer
{
    [FieldOffset(28)]
    public ushort Mode;
    [FieldOffset(32)]
    public ulong Inode;
    [FieldOffset(40)]
    public ulong Size;
    [FieldOffset(48)]
    public ulong Sectors;
    [FieldOffset(128)]
    public uint SpecialMajor;
    [FieldOffset(132)]
    public uint SpecialMinor;
    [FieldOffset(136)]
    public uint DeviceMajor;
    [FieldOffset(140)]
    public uint DeviceMinor;
}
