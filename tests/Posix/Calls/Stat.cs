using System.Runtime.InteropServices;
using Ext2Union.Vfs;

namespace Ext2Union.Posix.Tests.Calls;

/// <summary>struct statx of linux/stat.h, taken apart.</summary>
internal readonly record struct Stat
{
    public const int Bytes = 256;

    public Stat(ReadOnlySpan<byte> data)
    {
        BlockSize = MemoryMarshal.Read<uint>(data[4..]);
        Nlink = MemoryMarshal.Read<uint>(data[16..]);
        Uid = MemoryMarshal.Read<uint>(data[20..]);
        Gid = MemoryMarshal.Read<uint>(data[24..]);
        Mode = MemoryMarshal.Read<ushort>(data[28..]);
        Ino = MemoryMarshal.Read<ulong>(data[32..]);
        Size = MemoryMarshal.Read<long>(data[40..]);
        Blocks = MemoryMarshal.Read<long>(data[48..]);
        Atime = Time(data[64..]);
        Btime = Time(data[80..]);
        Ctime = Time(data[96..]);
        Mtime = Time(data[112..]);
        Rdev = (MemoryMarshal.Read<uint>(data[128..]), MemoryMarshal.Read<uint>(data[132..]));
        Dev = (MemoryMarshal.Read<uint>(data[136..]), MemoryMarshal.Read<uint>(data[140..]));
    }

    public uint BlockSize { get; }

    public uint Nlink { get; }

    public uint Uid { get; }

    public uint Gid { get; }

    public uint Mode { get; }

    public ulong Ino { get; }

    public long Size { get; }

    public long Blocks { get; }

    public Timestamp Atime { get; }

    public Timestamp Btime { get; }

    public Timestamp Ctime { get; }

    public Timestamp Mtime { get; }

    public (uint Major, uint Minor) Rdev { get; }

    public (uint Major, uint Minor) Dev { get; }

    /// <summary>The twelve permission bits.</summary>
    public uint Perm => Mode & 0xFFF;

    /// <summary>The S_IF bits.</summary>
    public uint Type => Mode & Constants.S_IFMT;

    private static Timestamp Time(ReadOnlySpan<byte> data) => new(MemoryMarshal.Read<long>(data), MemoryMarshal.Read<uint>(data[8..]));
}
