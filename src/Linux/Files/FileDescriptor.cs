using System.Runtime.InteropServices;
using Ext2Union.Vfs;

namespace Ext2Union.Linux.Files;

/// <summary>
/// An open file or device with positioned I/O. Opened by open(2) itself: <c>File.OpenHandle</c> takes a flock of its own, which
/// would shut out the locks this project takes. Interrupted calls are repeated and short transfers continued.
/// Errors are the kernel's numbers as they come.
/// </summary>
public sealed class FileDescriptor : SafeHandle
{
    private const int AdviceWillNeed = 3;
    private const int CloseOnExec = 0x80000;
    private const int AtEmptyPath = 0x1000;
    private const uint StatxBasicStats = 0x7FF;

    private FileDescriptor(int descriptor, bool isOwned = true)
        : base(-1, isOwned) => SetHandle(descriptor);

    /// <summary>What the caller gave as standard input; it stays open.</summary>
    public static FileDescriptor StandardInput { get; } = new(0, isOwned: false);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == -1;

    /// <summary>A path that opens the very object again, whatever has happened to its name since (proc(5), /proc/self/fd). Valid while this is open.</summary>
    public string MagicPath => $"/proc/self/fd/{handle}";

    /// <summary>open(2), always close-on-exec. Errors: those of the call.</summary>
    public static Result<FileDescriptor> Open(string path, OpenFlags flags, uint mode = 0)
    {
        while (true)
        {
            int descriptor = FileCalls.Open(path, (int)flags | CloseOnExec, mode);
            if (descriptor >= 0)
            {
                return new FileDescriptor(descriptor);
            }

            Errno error = LastError();
            if (error != Errno.EINTR)
            {
                return error;
            }
        }
    }

    /// <summary>Reads the whole file behind <paramref name="path"/> (a small one: /proc, /sys), or null when it can't be read.</summary>
    public static byte[]? ReadAll(string path)
    {
        if (!Open(path, OpenFlags.ReadOnly).TryGet(out FileDescriptor file, out _))
        {
            return null;
        }

        using (file)
        {
            var content = new MemoryStream();
            Span<byte> piece = stackalloc byte[4096];
            long offset = 0;
            while (true)
            {
                // Files of /proc give less than was asked for before their end, so only an empty answer ends them.
                if (file.ReadOnce(offset, piece, out int read) != Errno.None)
                {
                    return null;
                }

                if (read == 0)
                {
                    return content.ToArray();
                }

                content.Write(piece[..read]);
                offset += read;
            }
        }
    }

    /// <summary>statx(2) of what is open.</summary>
    public unsafe Errno GetStatus(out FileStatus status)
    {
        StatxBuffer buffer = default;
        byte empty = 0;
        if (FileCalls.Statx(this, &empty, AtEmptyPath, StatxBasicStats, &buffer) != 0)
        {
            status = default;
            return LastError();
        }

        status = new FileStatus(
            new DeviceNumber(buffer.DeviceMajor, buffer.DeviceMinor),
            buffer.Inode,
            buffer.Mode,
            (long)buffer.Size,
            new DeviceNumber(buffer.SpecialMajor, buffer.SpecialMinor),
            (long)buffer.Sectors * 512);
        return Errno.None;
    }

    /// <summary>Reads until the buffer is full or the file ends; <paramref name="read"/> is short only at the end.</summary>
    public Errno Read(long offset, Span<byte> buffer, out int read)
    {
        read = 0;
        while (read < buffer.Length)
        {
            Errno error = ReadOnce(offset + read, buffer[read..], out int count);
            if (error != Errno.None || count == 0)
            {
                return error;
            }

            read += count;
        }

        return Errno.None;
    }

    /// <summary>Reads what comes next in a pipe or file, as read(2) does: at least one byte, and none only at the end.</summary>
    public unsafe Errno ReadNext(Span<byte> buffer, out int read)
    {
        fixed (byte* start = buffer)
        {
            nint count;
            Errno error;
            do
            {
                count = FileCalls.Read(this, start, (nuint)buffer.Length);
                error = count >= 0 ? Errno.None : LastError();
            }
            while (error == Errno.EINTR);
            read = (int)Math.Max(count, 0);
            return error;
        }
    }

    /// <summary>
    /// Asks the kernel to have a range in its cache soon (posix_fadvise(2), POSIX_FADV_WILLNEED), and does not wait for it. A wish: there is nothing to do where it
    /// is not granted.
    /// </summary>
    public void WillNeed(long offset, long length) => _ = FileCalls.Fadvise(this, offset, length, AdviceWillNeed);

    /// <summary>Writes everything.</summary>
    public unsafe Errno Write(long offset, ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
        {
            int written = 0;
            while (written < data.Length)
            {
                nint count = FileCalls.Pwrite(this, start + written, (nuint)(data.Length - written), offset + written);
                if (count > 0)
                {
                    written += (int)count;
                    continue;
                }

                // Nothing written and no error: a device at its end.
                Errno error = count == 0 ? Errno.ENOSPC : LastError();
                if (error != Errno.EINTR)
                {
                    return error;
                }
            }
        }

        return Errno.None;
    }

    /// <summary>fdatasync(2).</summary>
    public Errno SyncData()
    {
        Errno error;
        do
        {
            error = FileCalls.Fdatasync(this) == 0 ? Errno.None : LastError();
        }
        while (error == Errno.EINTR);
        return error;
    }

    /// <summary>ftruncate(2).</summary>
    public Errno SetLength(long length)
    {
        Errno error;
        do
        {
            error = FileCalls.Ftruncate(this, length) == 0 ? Errno.None : LastError();
        }
        while (error == Errno.EINTR);
        return error;
    }

    /// <summary>fallocate(2).</summary>
    public Errno Allocate(AllocateMode mode, long offset, long length)
    {
        Errno error;
        do
        {
            error = FileCalls.Fallocate(this, (int)mode, offset, length) == 0 ? Errno.None : LastError();
        }
        while (error == Errno.EINTR);
        return error;
    }

    /// <summary>flock(2). Errors: EAGAIN when it is held against this and the operation says not to wait.</summary>
    internal Errno Flock(int operation)
    {
        Errno error;
        do
        {
            error = FileCalls.Flock(this, operation) == 0 ? Errno.None : LastError();
        }
        while (error == Errno.EINTR);
        return error;
    }

    /// <summary>ioctl(2) with a pointer argument.</summary>
    internal unsafe Errno Control(nuint request, void* argument)
    {
        Errno error;
        do
        {
            error = FileCalls.Ioctl(this, request, argument) >= 0 ? Errno.None : LastError();
        }
        while (error == Errno.EINTR);
        return error;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => FileCalls.Close((int)handle) == 0;

    private static Errno LastError() => (Errno)Marshal.GetLastPInvokeError();

    private unsafe Errno ReadOnce(long offset, Span<byte> buffer, out int read)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint count = FileCalls.Pread(this, start, (nuint)buffer.Length, offset);
                if (count >= 0)
                {
                    read = (int)count;
                    return Errno.None;
                }

                Errno error = LastError();
                if (error != Errno.EINTR)
                {
                    read = 0;
                    return error;
                }
            }
        }
    }
}
