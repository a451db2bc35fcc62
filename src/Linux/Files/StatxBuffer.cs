using System.Runtime.InteropServices;

namespace Ext2Union.Linux.Files;

/// <summary><c>struct statx</c> of linux/stat.h, as far as it is read here; the same on every architecture, unlike <c>struct stat</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct StatxBuffer
{
    [FieldOffset(0)]
    public uint Mask;
    [FieldOffset(4)]
    public uint BlockSize;
    [FieldOffset(8)]
    public ulong AttributeBits;
    [FieldOffset(16)]
    public uint LinkCount;
    [FieldOffset(20)]
    public uint UserId;
    [FieldOffset(24)]
    public uint GroupId;
    [FieldOffset(28)]
    public ushort Mode;
    [FieldOffset(32)]
    public ulong Inode;
    [FieldOffset(40)]
    public ulong Size;
    [FieldOffset(48)]
    public ulong Sectors;
    [FieldOffset(64)]
    public long AccessSeconds;
    [FieldOffset(72)]
    public uint AccessNanoseconds;
    [FieldOffset(80)]
    public long BirthSeconds;
    [FieldOffset(88)]
    public uint BirthNanoseconds;
    [FieldOffset(96)]
    public long ChangeSeconds;
    [FieldOffset(104)]
    public uint ChangeNanoseconds;
    [FieldOffset(112)]
    public long ModifySeconds;
    [FieldOffset(120)]
    public uint ModifyNanoseconds;
    [FieldOffset(128)]
    public uint SpecialMajor;
    [FieldOffset(132)]
    public uint SpecialMinor;
    [FieldOffset(136)]
    public uint DeviceMajor;
    [FieldOffset(140)]
    public uint DeviceMinor;
    [FieldOffset(144)]
    public ulong MountId;
}
