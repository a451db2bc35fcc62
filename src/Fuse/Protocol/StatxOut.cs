using System.Runtime.InteropServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>fuse_statx_out with its fuse_statx (linux/fuse.h): 288 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StatxOut
{
    public ulong ValidSeconds;
    public uint ValidNanoseconds;
    public uint ReplyFlags;
    public ulong Spare0;
    public ulong Spare1;
    public uint Mask;
    public uint BlockSize;
    public ulong AttributeBits;
    public uint LinkCount;
    public uint UserId;
    public uint GroupId;
    public ushort Mode;
    public ushort Spare2;
    public ulong Inode;
    public ulong Size;
    public ulong Blocks;
    public ulong AttributeMask;
    public StatxTime AccessTime;
    public StatxTime BirthTime;
    public StatxTime ChangeTime;
    public StatxTime ModifyTime;
    public uint DeviceMajor;
    public uint DeviceMinor;
    public uint FileSystemMajor;
    public uint FileSystemMinor;
    public Reserved112 Spare3;
}
