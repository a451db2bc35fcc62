using System.Runtime.InteropServices;
using System.Text;
using Ext2Union.Vfs;

namespace Ext2Union.Posix.Tests.Calls;

/// <summary>Calls on names, relative to the directory of the behaviour that runs (each worker thread has a working directory of its own).</summary>
internal static unsafe class Names
{
    private const int LongestTarget = 4096;

    public static Answer Mkdir(string path, uint mode = 0x1ED) => Of(Native.mkdir(path, mode));

    public static Answer Mknod(string path, uint mode, uint major = 0, uint minor = 0) => Of(Native.mknod(path, mode, new DeviceNumber(major, minor).Encoded));

    public static Answer Symlink(string target, string path) => Of(Native.symlink(target, path));

    public static Answer Link(string existing, string path, int flags = 0) => Of(Native.linkat(Native.AtFdCwd, existing, Native.AtFdCwd, path, flags));

    public static Answer LinkOpen(Descriptor file, string path) =>
        Of(Native.linkat(Native.AtFdCwd, $"/proc/self/fd/{file.Number}", Native.AtFdCwd, path, AT_SYMLINK_FOLLOW));

    public static Answer Unlink(string path) => Of(Native.unlinkat(Native.AtFdCwd, path, 0));

    public static Answer Rmdir(string path) => Of(Native.unlinkat(Native.AtFdCwd, path, AT_REMOVEDIR));

    public static Answer Rename(string from, string to, uint flags = 0) => Of(Native.renameat2(Native.AtFdCwd, from, Native.AtFdCwd, to, flags));

    public static Answer Chdir(string path) => Of(Native.chdir(path));

    public static Answer Access(string path, int mode, int flags = 0) => Of(Native.faccessat(Native.AtFdCwd, path, mode, flags));

    /// <summary>lstat(2).</summary>
    public static Stat Lstat(string path) => TryStat(path, AT_SYMLINK_NOFOLLOW, out Stat stat) is { IsError: true } error
        ? throw new BehaviourFailed($"lstat of {path}: {error}")
        : stat;

    /// <summary>lstat(2) where the error is the question.</summary>
    public static Answer TryLstat(string path) => TryStat(path, AT_SYMLINK_NOFOLLOW, out _);

    /// <summary>stat(2) where the error is the question.</summary>
    public static Answer TryStat(string path) => TryStat(path, 0, out _);

    public static Answer TryStat(string path, int flags, out Stat stat)
    {
        byte* buffer = stackalloc byte[Stat.Bytes];
        Answer answer = Of(Native.statx(Native.AtFdCwd, path, flags, 0xFFF, buffer));
        stat = new Stat(new ReadOnlySpan<byte>(buffer, Stat.Bytes));
        return answer;
    }

    public static string Readlink(string path)
    {
        byte* buffer = stackalloc byte[LongestTarget];
        Answer answer = Of(Native.readlink(path, buffer, LongestTarget));
        return answer.IsError ? throw new BehaviourFailed($"readlink of {path}: {answer}") : Encoding.UTF8.GetString(buffer, (int)answer.Value);
    }

    /// <summary>readlink(2) where the answer itself is the question.</summary>
    public static Answer TryReadlink(string path, int room = LongestTarget)
    {
        byte* buffer = stackalloc byte[LongestTarget];
        return Of(Native.readlink(path, buffer, room));
    }

    /// <summary>Sets the umask of this thread.</summary>
    public static void Umask(uint mask) => _ = Native.umask(mask);

    /// <summary>What the last call answered.</summary>
    public static Answer Of(long result) => result < 0 ? new Answer(-Marshal.GetLastPInvokeError()) : new Answer(result);
}
