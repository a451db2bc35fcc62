using System.Runtime.InteropServices;

namespace Ext2Union.Model.Tests.Workers;

// The names are libc's.
#pragma warning disable IDE1006, CA2101
/// <summary>The system calls a worker makes. Paths are zero-terminated bytes.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int open(byte[] path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(int descriptor, byte* buffer, nint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint pread(int descriptor, byte* buffer, nint length, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(int descriptor, byte* buffer, nint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint pwrite(int descriptor, byte* buffer, nint length, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial long lseek(int descriptor, long offset, int whence);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int truncate(byte[] path, long size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ftruncate(int descriptor, long size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fallocate(int descriptor, int mode, long offset, long length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint copy_file_range(int from, long* fromOffset, int to, long* toOffset, nint length, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int mkdir(byte[] path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int rmdir(byte[] path);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int mknod(byte[] path, uint mode, ulong device);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int symlink(byte[] target, byte[] path);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint readlink(byte[] path, byte* buffer, nint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int linkat(int fromFolder, byte[] existing, int toFolder, byte[] path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int unlink(byte[] path);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int renameat2(int fromFolder, byte[] from, int toFolder, byte[] to, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int chmod(byte[] path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchmod(int descriptor, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int chown(byte[] path, uint user, uint group);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int lchown(byte[] path, uint user, uint group);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchown(int descriptor, uint user, uint group);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int utimensat(int folder, byte[]? path, long* times, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int futimens(int descriptor, long* times);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int lsetxattr(byte[] path, byte[] name, byte[] value, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fsetxattr(int descriptor, byte[] name, byte[] value, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint lgetxattr(byte[] path, byte[] name, byte* value, nint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint fgetxattr(int descriptor, byte[] name, byte* value, nint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int lremovexattr(byte[] path, byte[] name);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fremovexattr(int descriptor, byte[] name);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint llistxattr(byte[] path, byte* list, nint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint flistxattr(int descriptor, byte* list, nint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(int descriptor, ulong request, uint* value);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int access(byte[] path, int mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int statx(int folder, byte[] path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint getdents64(int descriptor, byte* buffer, nint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint mmap(nint address, nint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int munmap(nint address, nint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setgroups(nint count, uint* groups);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setresgid(uint real, uint effective, uint saved);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setresuid(uint real, uint effective, uint saved);

    [LibraryImport("libc")]
    internal static partial uint umask(uint mask);
}
#pragma warning restore IDE1006, CA2101
