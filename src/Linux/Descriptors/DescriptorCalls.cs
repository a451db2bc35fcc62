using System.Runtime.InteropServices;
using System.Text;
using Ext2Union.Vfs;

namespace Ext2Union.Linux.Descriptors;

/// <summary>
/// Plain calls on file descriptors, without the runtime's own bookkeeping: no flock, no finaliser, no allocation. Who opens one closes it.
/// </summary>
public static unsafe partial class DescriptorCalls
{
    /// <summary>O_RDWR.</summary>
    public const int ReadWrite = 0x2;
    /// <summary>O_CLOEXEC.</summary>
    public const int CloseOnExec = 0x80000;
    /// <summary>O_PATH: the object itself, neither read nor written.</summary>
    public const int PathOnly = 0x200000;
    /// <summary>O_DIRECTORY.</summary>
    public const int Directory = 0x10000;

    /// <summary>open(2). Errors: as the kernel answers.</summary>
    public static Result<int> Open(string path, int flags)
    {
        Span<byte> name = stackalloc byte[Encoding.UTF8.GetMaxByteCount(path.Length) + 1];
        name[Encoding.UTF8.GetBytes(path, name)] = 0;
        fixed (byte* pointer = name)
        {
            int descriptor = OpenFile(pointer, flags, 0);
            return descriptor < 0 ? (Errno)Marshal.GetLastPInvokeError() : descriptor;
        }
    }

    /// <summary>read(2) into native memory. Errors: as the kernel answers, EINTR included.</summary>
    public static Errno Read(int descriptor, byte* buffer, int capacity, out int length)
    {
        nint count = ReadBytes(descriptor, buffer, capacity);
        length = (int)count;
        return count < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
    }

    /// <summary>write(2) from native memory. Errors: as the kernel answers, EINTR included.</summary>
    public static Errno Write(int descriptor, byte* data, int length, out int written)
    {
        nint count = WriteBytes(descriptor, data, length);
        written = (int)count;
        return count < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
    }

    /// <summary>write(2) of all the bytes, as to a pipe. Errors: as the kernel answers.</summary>
    public static Errno WriteAll(int descriptor, ReadOnlySpan<byte> data)
    {
        fixed (byte* pointer = data)
        {
            for (int done = 0; done < data.Length;)
            {
                Errno error = Write(descriptor, pointer + done, data.Length - done, out int written);
                if (error == Errno.EINTR)
                {
                    continue;
                }

                if (error != Errno.None)
                {
                    return error;
                }

                done += written;
            }
        }

        return Errno.None;
    }

    /// <summary>read(2) until the end of a pipe or the end of the buffer. Errors: as the kernel answers.</summary>
    public static Errno ReadToEnd(int descriptor, Span<byte> buffer, out int length)
    {
        length = 0;
        fixed (byte* pointer = buffer)
        {
            while (length < buffer.Length)
            {
                Errno error = Read(descriptor, pointer + length, buffer.Length - length, out int count);
                if (error == Errno.EINTR)
                {
                    continue;
                }

                if (error != Errno.None || count == 0)
                {
                    return error;
                }

                length += count;
            }
        }

        return Errno.None;
    }

    /// <summary>close(2); what it answers says nothing that a caller could act on.</summary>
    public static void Close(int descriptor) => _ = CloseFile(descriptor);

    /// <summary>
    /// Whether a descriptor was open when this program began: all that the runtime and we open is closed on exec, what came through an exec is not.
    /// </summary>
    public static bool IsInherited(int descriptor)
    {
        const int GetFlags = 1;
        return Control(descriptor, GetFlags) == 0;
    }

    /// <summary>pipe2(2) with O_CLOEXEC. Errors: EMFILE, ENFILE.</summary>
    public static Errno Pipe(out int readEnd, out int writeEnd)
    {
        int* ends = stackalloc int[2];
        int answer = MakePipe(ends, CloseOnExec);
        readEnd = ends[0];
        writeEnd = ends[1];
        return answer < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
    }

    /// <summary>
    /// close_range(2) with CLOSE_RANGE_CLOEXEC from <paramref name="first"/> on: what runs after the next exec sees none of them, while this
    /// process, whose runtime owns some, keeps them.
    /// </summary>
    public static void CloseOnExecFrom(int first) => _ = CloseRange((uint)first, uint.MaxValue, 4);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int OpenFile(byte* path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadBytes(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteBytes(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseFile(int descriptor);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command);

    /// <summary>ioctl(2) with an argument that is read and written. Errors: as the kernel answers.</summary>
    public static Errno InputOutputControl(int descriptor, uint request, Span<byte> argument)
    {
        fixed (byte* pointer = argument)
        {
            return ControlDevice(descriptor, request, pointer) < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int ControlDevice(int descriptor, nuint request, byte* argument);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int MakePipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "close_range", SetLastError = true)]
    private static partial int CloseRange(uint first, uint last, uint flags);
}
