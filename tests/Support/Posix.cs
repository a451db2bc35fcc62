using System.Runtime.InteropServices;
using Ext2Union.Vfs;

namespace Ext2Union.Tests.Support;

/// <summary>
/// System calls by path, for tests that drive a mount as programs do: names are bytes, links are not followed, errors are values. Apart
/// from src/Linux on purpose: a judge that shares its code with what it judges finds less.
/// </summary>
public static partial class Posix
{
    private const int AtFdCwd = -100;
    private const int SymlinkNoFollow = 0x100;
    private const int SymlinkFollow = 0x400;

    /// <summary>mkdir(2).</summary>
    public static Errno MakeDirectory(byte[] path, uint mode) => Check(Native.mkdir(Terminated(path), mode));

    /// <summary>mknod(2); regular files, fifos, sockets and devices.</summary>
    public static Errno MakeNode(byte[] path, uint mode, DeviceNumber device) => Check(Native.mknod(Terminated(path), mode, device.Encoded));

    /// <summary>symlink(2).</summary>
    public static Errno MakeSymlink(byte[] path, byte[] target) => Check(Native.symlink(Terminated(target), Terminated(path)));

    /// <summary>link(2).</summary>
    public static Errno Link(byte[] existing, byte[] path) => Check(Native.link(Terminated(existing), Terminated(path)));

    /// <summary>unlink(2).</summary>
    public static Errno Unlink(byte[] path) => Check(Native.unlink(Terminated(path)));

    /// <summary>rmdir(2).</summary>
    public static Errno RemoveDirectory(byte[] path) => Check(Native.rmdir(Terminated(path)));

    /// <summary>renameat2(2).</summary>
    public static Errno Rename(byte[] from, byte[] to, RenameFlags flags) =>
        Check(Native.renameat2(AtFdCwd, Terminated(from), AtFdCwd, Terminated(to), (uint)flags));

    /// <summary>chmod(2).</summary>
    public static Errno ChangeMode(byte[] path, uint mode) => Check(Native.chmod(Terminated(path), mode));

    /// <summary>lchown(2).</summary>
    public static Errno ChangeOwner(byte[] path, uint user, uint group) => Check(Native.lchown(Terminated(path), user, group));

    /// <summary>truncate(2).</summary>
    public static Errno Truncate(byte[] path, long size) => Check(Native.truncate(Terminated(path), size));

    /// <summary>utimensat(2) of both times, of a symlink itself.</summary>
    public static unsafe Errno SetTimes(byte[] path, Timestamp access, Timestamp modify)
    {
        long* times = stackalloc long[] { access.Seconds, access.Nanoseconds, modify.Seconds, modify.Nanoseconds };
        return Check(Native.utimensat(AtFdCwd, Terminated(path), times, SymlinkNoFollow));
    }

    /// <summary>lsetxattr(2).</summary>
    public static Errno SetXattr(byte[] path, byte[] name, byte[] value, XattrFlags flags) =>
        Check(Native.lsetxattr(Terminated(path), Terminated(name), value, value.Length, (int)flags));

    /// <summary>lremovexattr(2).</summary>
    public static Errno RemoveXattr(byte[] path, byte[] name) => Check(Native.lremovexattr(Terminated(path), Terminated(name)));

    /// <summary>lgetxattr(2).</summary>
    public static Result<byte[]> GetXattr(byte[] path, byte[] name)
    {
        byte[] buffer = new byte[65536];
        nint length = Native.lgetxattr(Terminated(path), Terminated(name), buffer, buffer.Length);
        return length < 0 ? LastError() : buffer[..(int)length];
    }

    /// <summary>llistxattr(2), taken apart and sorted.</summary>
    public static Result<List<string>> ListXattrs(byte[] path)
    {
        byte[] buffer = new byte[65536];
        nint length = Native.llistxattr(Terminated(path), buffer, buffer.Length);
        return length < 0 ? LastError() : SplitXattrs(buffer.AsSpan(0, (int)length));
    }

    /// <summary>A list of zero-terminated names, sorted.</summary>
    public static List<string> SplitXattrs(ReadOnlySpan<byte> list)
    {
        var names = new List<string>();
        while (list.IndexOf((byte)0) is int end and > 0)
        {
            names.Add(PathBytes.Escape(list[..end]));
            list = list[(end + 1)..];
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>readlink(2).</summary>
    public static Result<byte[]> ReadLink(byte[] path)
    {
        byte[] buffer = new byte[4097];
        nint length = Native.readlink(Terminated(path), buffer, buffer.Length);
        return length < 0 ? LastError() : buffer[..(int)length];
    }

    /// <summary>lstat(2), by statx(2).</summary>
    public static Result<Attributes> Stat(byte[] path)
    {
        byte[] buffer = new byte[256];
        return Native.statx(AtFdCwd, Terminated(path), SymlinkNoFollow, 0xFFF, buffer) != 0 ? LastError() : ParseStatx(buffer);
    }

    /// <summary>fstat(2), by statx(2); of a descriptor that only names a place too.</summary>
    public static Result<Attributes> Stat(int descriptor)
    {
        const int EmptyPath = 0x1000;
        byte[] buffer = new byte[256];
        return Native.statx(descriptor, [0], EmptyPath, 0xFFF, buffer) != 0 ? LastError() : ParseStatx(buffer);
    }

    /// <summary>The names in a directory, without "." and "..", in the order they come.</summary>
    public static unsafe Result<List<byte[]>> List(byte[] path)
    {
        nint stream = Native.opendir(Terminated(path));
        if (stream == 0)
        {
            return LastError();
        }

        // struct dirent of glibc and musl on 64-bit machines: inode 8, offset 8, length 2, type 1, then the name.
        const int NameOffset = 19;
        var names = new List<byte[]>();
        while (true)
        {
            Marshal.SetLastSystemError(0);
            byte* entry = (byte*)Native.readdir(stream);
            if (entry == null)
            {
                break;
            }

            ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset);
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                names.Add(name.ToArray());
            }
        }

        var error = (Errno)Marshal.GetLastSystemError();
        _ = Native.closedir(stream);
        return error == Errno.None ? names : error;
    }

    // struct statx of linux/stat.h.
    private static Attributes ParseStatx(ReadOnlySpan<byte> data) => new()
    {
        BlockSize = MemoryMarshal.Read<uint>(data[4..]),
        LinkCount = MemoryMarshal.Read<uint>(data[16..]),
        UserId = MemoryMarshal.Read<uint>(data[20..]),
        GroupId = MemoryMarshal.Read<uint>(data[24..]),
        Mode = MemoryMarshal.Read<ushort>(data[28..]),
        Inode = MemoryMarshal.Read<ulong>(data[32..]),
        Size = MemoryMarshal.Read<long>(data[40..]),
        Blocks = MemoryMarshal.Read<long>(data[48..]),
        AccessTime = ParseTime(data[64..]),
        BirthTime = ParseTime(data[80..]),
        ChangeTime = ParseTime(data[96..]),
        ModifyTime = ParseTime(data[112..]),
        Device = new DeviceNumber(MemoryMarshal.Read<uint>(data[128..]), MemoryMarshal.Read<uint>(data[132..])),
    };

    private static Timestamp ParseTime(ReadOnlySpan<byte> data) => new(MemoryMarshal.Read<long>(data), MemoryMarshal.Read<uint>(data[8..]));

    private static byte[] Terminated(byte[] path) => [.. path, 0];

    private static Errno Check(int result) => result == 0 ? Errno.None : LastError();

    private static Errno LastError() => (Errno)Marshal.GetLastPInvokeError();

    // The names are libc's.
#pragma warning disable IDE1006, CA2101
    private static unsafe partial class Native
    {
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int mkdir(byte[] path, uint mode);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int mknod(byte[] path, uint mode, ulong device);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int symlink(byte[] target, byte[] path);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int link(byte[] existing, byte[] path);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int unlink(byte[] path);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int rmdir(byte[] path);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int renameat2(int fromFolder, byte[] from, int toFolder, byte[] to, uint flags);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int chmod(byte[] path, uint mode);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int lchown(byte[] path, uint user, uint group);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int truncate(byte[] path, long size);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int utimensat(int folder, byte[] path, long* times, int flags);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int lsetxattr(byte[] path, byte[] name, byte[] value, nint length, int flags);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int lremovexattr(byte[] path, byte[] name);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint lgetxattr(byte[] path, byte[] name, [Out] byte[] value, nint length);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint llistxattr(byte[] path, [Out] byte[] list, nint length);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint readlink(byte[] path, [Out] byte[] target, nint length);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int statx(int folder, byte[] path, int flags, uint mask, [Out] byte[] buffer);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint opendir(byte[] path);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint getdents64(int descriptor, byte* buffer, nint length);

        [LibraryImport("libc")]
        internal static partial nint readdir(nint stream);

        [LibraryImport("libc")]
        internal static partial int closedir(nint stream);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int open(byte[] path, int flags, uint mode);

        [LibraryImport("libc")]
        internal static partial int close(int descriptor);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint pread(int descriptor, byte* buffer, nint length, long offset);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint pwrite(int descriptor, byte* buffer, nint length, long offset);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int fsync(int descriptor);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int linkat(int fromFolder, byte[] existing, int toFolder, byte[] path, int flags);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint copy_file_range(int from, long* fromOffset, int to, long* toOffset, nint length, uint flags);

        [LibraryImport("libc", SetLastError = true)]
        internal static partial int fallocate(int descriptor, int mode, long offset, long length);
    }
#pragma warning restore IDE1006, CA2101
}
