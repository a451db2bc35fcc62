using System.Runtime.InteropServices;
using Ext2Union.Vfs;

namespace Ext2Union.Linux.Processes;

/// <summary>
/// Starts programs by posix_spawn(3): a runtime with threads must not fork, and this way the descriptors of the child are exactly those
/// that are named here once <see cref="Descriptors.DescriptorCalls.CloseOnExecFrom"/> was called.
/// </summary>
public static unsafe partial class ChildProcess
{
    private const short NewSession = 0x80;
    private const short SetSignalMask = 0x08;
    // posix_spawn_file_actions_t has 80 bytes and posix_spawnattr_t 336 in glibc, less in musl.
    private const int OpaqueBytes = 512;

    /// <summary>
    /// Starts a program in a session of its own, descriptors 0 to 2 on /dev/null and <paramref name="descriptor"/> as number 3.
    /// Arguments and environment are bytes, each ended by a zero byte. Errors: as exec(2) answers.
    /// </summary>
    public static Result<int> StartDetached(string path, ReadOnlySpan<byte[]> arguments, ReadOnlySpan<byte[]> environment, int descriptor) =>
        Start(path, arguments, environment, true, descriptor, 3);

    /// <summary>
    /// Starts a program with our own descriptors 0 and 1, <paramref name="standardError"/> as 2, and <paramref name="descriptor"/>, unless it is negative, under
    /// its own number.
    /// </summary>
    public static Result<int> StartWith(
        string path, ReadOnlySpan<byte[]> arguments, ReadOnlySpan<byte[]> environment, int descriptor, int standardError) =>
        Start(path, arguments, environment, false, descriptor, descriptor, standardError, 2);

    /// <summary>waitpid(2): the exit status, or 128 + the signal that ended it.</summary>
    public static int Wait(int process)
    {
        int status = 0;
        while (WaitForProcess(process, &status, 0) < 0)
        {
            if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR)
            {
                return 255;
            }
        }

        return (status & 0x7F) == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F);
    }

    /// <summary>kill(2) with SIGTERM. A process that has ended is no error.</summary>
    public static void Terminate(int process) => _ = Kill(process, 15);

    private static Result<int> Start(
        string path, ReadOnlySpan<byte[]> arguments, ReadOnlySpan<byte[]> environment, bool detached, params ReadOnlySpan<int> duplicates)
    {
        byte* actions = stackalloc byte[OpaqueBytes];
        byte* attributes = stackalloc byte[OpaqueBytes];
        _ = InitializeActions(actions);
        _ = InitializeAttributes(attributes);
        if (detached)
        {
            for (int i = 0; i < 3; i++)
            {
                _ = AddOpen(actions, i, "/dev/null", Descriptors.DescriptorCalls.ReadWrite, 0);
            }
        }

        // The mask of this thread may block signals that the runtime takes elsewhere; the child starts with none blocked.
        byte* mask = stackalloc byte[128];
        new Span<byte>(mask, 128).Clear();
        _ = SetMask(attributes, mask);
        _ = SetFlags(attributes, (short)((detached ? NewSession : 0) | SetSignalMask));
        for (int i = 0; i < duplicates.Length; i += 2)
        {
            _ = duplicates[i] >= 0 ? AddDuplicate(actions, duplicates[i], duplicates[i + 1]) : 0;
        }

        byte** argumentPointers = Pack(arguments);
        byte** environmentPointers = Pack(environment);
        int process = 0;
        int error = Spawn(&process, path, actions, attributes, argumentPointers, environmentPointers);
        NativeMemory.Free(argumentPointers);
        NativeMemory.Free(environmentPointers);
        _ = DestroyActions(actions);
        _ = DestroyAttributes(attributes);
        return error == 0 ? process : (Errno)error;
    }

    // One block: the pointers, a null pointer, then the strings.
    private static byte** Pack(ReadOnlySpan<byte[]> strings)
    {
        int bytes = 0;
        foreach (byte[] text in strings)
        {
            bytes += text.Length;
        }

        byte** pointers = (byte**)NativeMemory.Alloc((nuint)(((strings.Length + 1) * sizeof(byte*)) + bytes));
        byte* place = (byte*)(pointers + strings.Length + 1);
        for (int i = 0; i < strings.Length; i++)
        {
            pointers[i] = place;
            strings[i].CopyTo(new Span<byte>(place, strings[i].Length));
            place += strings[i].Length;
        }

        pointers[strings.Length] = null;
        return pointers;
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Spawn(int* process, string path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int InitializeActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int DestroyActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddOpen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDuplicate(byte* actions, int descriptor, int number);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int InitializeAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int DestroyAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int SetMask(byte* attributes, byte* mask);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitForProcess(int process, int* status, int options);
}
