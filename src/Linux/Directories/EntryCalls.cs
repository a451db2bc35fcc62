using System.Runtime.InteropServices;
using Ext2Union.Linux.Files;
using Ext2Union.Vfs;

namespace Ext2Union.Linux.Directories;

/// <summary>
/// Calls relative to an open directory. Names are bytes that end with a zero; the last component is never followed when it is a
/// symlink. Nothing here allocates. Errors are the kernel's as they come; interrupted calls are repeated.
/// </summary>
public static unsafe partial class EntryCalls
{
    /// <summary>AT_FDCWD: relative to the current directory.</summary>
    public const int CurrentDirectory = -100;
    /// <summary>O_PATH.</summary>
    public const int PathOnly = 0x200000;
    /// <summary>O_NOATIME: reading leaves the access time; EPERM for who does not own the file.</summary>
    public const int NoAccessTime = 0x40000;
    /// <summary>O_NONBLOCK: opening never waits.</summary>
    public const int NonBlocking = 0x800;

    private const int CloseOnExec = 0x80000;
    private const int EmptyPath = 0x1000;
    private const int SymlinkNoFollow = 0x100;
    private const int DoNotSync = 0x4000;
    // STATX_BASIC_STATS, STATX_BTIME, STATX_MNT_ID.
    private const uint StatusMask = 0x7FF | 0x800 | 0x1000;
    private const uint BirthTimeMask = 0x800;
    private const InodeFlags KnownFlags = InodeFlags.Immutable | InodeFlags.AppendOnly | InodeFlags.NoDump;

    // Two of the few numbers on which 64-bit architectures disagree.
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>O_DIRECTORY.</summary>
    public static int DirectoryOnly { get; } = IsArm ? 0x4000 : 0x10000;

    private static int NoFollow { get; } = IsArm ? 0x8000 : 0x20000;

    /// <summary>openat(2) with O_NOFOLLOW and O_CLOEXEC.</summary>
    public static Result<int> Open(int directory, ReadOnlySpan<byte> terminatedName, int flags) =>
        OpenRaw(directory, terminatedName, flags | NoFollow | CloseOnExec);

    /// <summary>Opens once more what an O_PATH descriptor stands for, with these flags.</summary>
    public static Result<int> Reopen(int descriptor, int flags)
    {
        Span<byte> path = stackalloc byte[32];
        MagicPath(descriptor, path);
        return OpenRaw(CurrentDirectory, path, flags | CloseOnExec);
    }

    /// <summary>
    /// statx(2) of a name, or of <paramref name="directory"/> itself for an empty one. <paramref name="cached"/>: AT_STATX_DONT_SYNC, a
    /// network or FUSE file system is not asked.
    /// </summary>
    public static Errno GetStatus(int directory, ReadOnlySpan<byte> terminatedName, bool cached, out EntryStatus status)
    {
        StatxBuffer buffer = default;
        int flags = SymlinkNoFollow | (terminatedName[0] == 0 ? EmptyPath : 0) | (cached ? DoNotSync : 0);
        int answer;
        fixed (byte* name = terminatedName)
        {
            do
            {
                answer = Statx(directory, name, flags, StatusMask, &buffer);
            }
            while (answer < 0 && LastError() == Errno.EINTR);
        }

        status = answer < 0 ? default : StatusOf(in buffer);
        return answer < 0 ? LastError() : Errno.None;
    }

    /// <summary>readlinkat(2) of what an O_PATH descriptor stands for. Errors: ERANGE when the buffer is full.</summary>
    public static Errno ReadLink(int descriptor, Span<byte> buffer, out int length)
    {
        byte empty = 0;
        fixed (byte* pointer = buffer)
        {
            nint count = Readlinkat(descriptor, &empty, pointer, buffer.Length);
            length = (int)Math.Max(count, 0);
            return count < 0 ? LastError() : count == buffer.Length ? Errno.ERANGE : Errno.None;
        }
    }

    /// <summary>pread(2) until the buffer is full or the file ends.</summary>
    public static Errno Read(int descriptor, long offset, Span<byte> buffer, out int read)
    {
        read = 0;
        fixed (byte* pointer = buffer)
        {
            while (read < buffer.Length)
            {
                nint count = Pread(descriptor, pointer + read, buffer.Length - read, offset + read);
                if (count == 0)
                {
                    break;
                }

                if (count < 0 && LastError() is var error and not Errno.EINTR)
                {
                    return error;
                }

                read += (int)Math.Max(count, 0);
            }
        }

        return Errno.None;
    }

    /// <summary>lseek(2); whence as <see cref="SeekKind"/>, or 0 for a position.</summary>
    public static Errno Seek(int descriptor, long offset, int whence, out long position)
    {
        position = Lseek(descriptor, offset, whence);
        return position < 0 ? LastError() : Errno.None;
    }

    /// <summary>getdents64(2): records as <see cref="EntryReader"/> takes them apart; length 0 at the end.</summary>
    public static Errno ReadEntries(int descriptor, Span<byte> buffer, out int length)
    {
        fixed (byte* pointer = buffer)
        {
            nint count;
            do
            {
                count = Getdents(descriptor, pointer, buffer.Length);
            }
            while (count < 0 && LastError() == Errno.EINTR);
            length = (int)Math.Max(count, 0);
            return count < 0 ? LastError() : Errno.None;
        }
    }

    /// <summary>getxattr(2) of what an O_PATH descriptor stands for, a symlink included. An empty buffer asks for the length.</summary>
    public static Errno GetXattr(int descriptor, ReadOnlySpan<byte> terminatedName, Span<byte> buffer, out int length)
    {
        Span<byte> path = stackalloc byte[32];
        MagicPath(descriptor, path);
        fixed (byte* pathPointer = path, name = terminatedName, pointer = buffer)
        {
            nint count = Getxattr(pathPointer, name, pointer, buffer.Length);
            length = (int)Math.Max(count, 0);
            return count < 0 ? LastError() : Errno.None;
        }
    }

    /// <summary>listxattr(2) of what an O_PATH descriptor stands for, a symlink included. An empty buffer asks for the length.</summary>
    public static Errno ListXattr(int descriptor, Span<byte> buffer, out int length)
    {
        Span<byte> path = stackalloc byte[32];
        MagicPath(descriptor, path);
        fixed (byte* pathPointer = path, pointer = buffer)
        {
            nint count = Listxattr(pathPointer, pointer, buffer.Length);
            length = (int)Math.Max(count, 0);
            return count < 0 ? LastError() : Errno.None;
        }
    }

    /// <summary>fstatfs(2).</summary>
    public static Errno GetStatistics(int descriptor, out Statistics statistics)
    {
        // struct statfs of 64-bit machines: type, block size, blocks, free, available, files, free files, id, name length, all 8 bytes.
        ulong* fields = stackalloc ulong[32];
        int answer = Fstatfs(descriptor, fields);
        statistics = answer < 0 ? default : new Statistics
        {
            BlockSize = (uint)fields[1],
            Blocks = fields[2],
            FreeBlocks = fields[3],
            AvailableBlocks = fields[4],
            Inodes = fields[5],
            FreeInodes = fields[6],
            MaximumNameBytes = (uint)fields[8],
        };
        return answer < 0 ? LastError() : Errno.None;
    }

    /// <summary>fstatfs(2): f_type, the magic number of the file system.</summary>
    public static Errno GetFileSystemType(int descriptor, out ulong type)
    {
        ulong* fields = stackalloc ulong[32];
        int answer = Fstatfs(descriptor, fields);
        type = answer < 0 ? 0 : fields[0];
        return answer < 0 ? LastError() : Errno.None;
    }

    private static Result<int> OpenRaw(int directory, ReadOnlySpan<byte> path, int flags)
    {
        fixed (byte* pointer = path)
        {
            int descriptor;
            do
            {
                descriptor = Openat(directory, pointer, flags, 0);
            }
            while (descriptor < 0 && LastError() == Errno.EINTR);
            return descriptor < 0 ? LastError() : descriptor;
        }
    }

    private static void MagicPath(int descriptor, Span<byte> path)
    {
        ReadOnlySpan<byte> prefix = "/proc/self/fd/"u8;
        prefix.CopyTo(path);
        _ = descriptor.TryFormat(path[prefix.Length..], out int digits);
        path[prefix.Length + digits] = 0;
    }

    private static EntryStatus StatusOf(in StatxBuffer buffer)
    {
        EntryStatus status = default;
        status.Volume = new DeviceNumber(buffer.DeviceMajor, buffer.DeviceMinor);
        status.MountId = buffer.MountId;
        status.Attributes = new Attributes
        {
            Inode = buffer.Inode,
            Mode = buffer.Mode,
            LinkCount = buffer.LinkCount,
            UserId = buffer.UserId,
            GroupId = buffer.GroupId,
            Device = new DeviceNumber(buffer.SpecialMajor, buffer.SpecialMinor),
            Size = (long)buffer.Size,
            Blocks = (long)buffer.Sectors,
            BlockSize = buffer.BlockSize,
            AccessTime = new Timestamp(buffer.AccessSeconds, buffer.AccessNanoseconds),
            ModifyTime = new Timestamp(buffer.ModifySeconds, buffer.ModifyNanoseconds),
            ChangeTime = new Timestamp(buffer.ChangeSeconds, buffer.ChangeNanoseconds),
            BirthTime = (buffer.Mask & BirthTimeMask) != 0 ? new Timestamp(buffer.BirthSeconds, buffer.BirthNanoseconds) : default,
            // STATX_ATTR_* of these three have the values of FS_*_FL.
            Flags = (InodeFlags)(uint)buffer.AttributeBits & KnownFlags,
        };
        return status;
    }

    private static Errno LastError() => (Errno)Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    private static partial int Openat(int directory, byte* path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int Statx(int directory, byte* path, int flags, uint mask, StatxBuffer* result);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true)]
    private static partial nint Readlinkat(int directory, byte* path, byte* buffer, nint capacity);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    private static partial nint Pread(int descriptor, byte* buffer, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long Lseek(int descriptor, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "getdents64", SetLastError = true)]
    private static partial nint Getdents(int descriptor, byte* buffer, nint capacity);

    [LibraryImport("libc", EntryPoint = "getxattr", SetLastError = true)]
    private static partial nint Getxattr(byte* path, byte* name, byte* buffer, nint capacity);

    [LibraryImport("libc", EntryPoint = "listxattr", SetLastError = true)]
    private static partial nint Listxattr(byte* path, byte* buffer, nint capacity);

    [LibraryImport("libc", EntryPoint = "fstatfs", SetLastError = true)]
    private static partial int Fstatfs(int descriptor, ulong* result);
}
