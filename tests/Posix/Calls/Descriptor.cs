using System.Text;

namespace Ext2Union.Posix.Tests.Calls;

/// <summary>An open file and the calls on it.</summary>
internal sealed unsafe class Descriptor(int number)
{
    private const nuint GetFlagsRequest = 0x80086601;
    private const nuint SetFlagsRequest = 0x40086602;
    private const nuint GetExtendedRequest = 0x801C581F;
    private const nuint SetExtendedRequest = 0x401C5820;
    private const int SetOpenFileLock = 37;
    private const int GetOpenFileLock = 36;
    private bool closed;

    public int Number => number;

    public void Close()
    {
        if (!closed)
        {
            closed = true;
            _ = Native.close(number);
        }
    }

    public Answer Write(string text) => Over(text, (start, length) => Native.write(number, start, length));

    public Answer Pwrite(long offset, string text) => Over(text, (start, length) => Native.pwrite(number, start, length, offset));

    /// <summary>read(2) of up to this many bytes, as Latin-1.</summary>
    public string Read(int bytes) => Text(bytes, (start, length) => Native.read(number, start, length));

    /// <summary>pread(2) of up to this many bytes, as Latin-1.</summary>
    public string Pread(long offset, int bytes) => Text(bytes, (start, length) => Native.pread(number, start, length, offset));

    public Answer TryRead(int bytes)
    {
        byte[] buffer = new byte[Math.Max(bytes, 1)];
        fixed (byte* start = buffer)
        {
            return Names.Of(Native.read(number, start, bytes));
        }
    }

    public Answer Lseek(long offset, int whence) => Names.Of(Native.lseek(number, offset, whence));

    public Answer Fsync() => Names.Of(Native.fsync(number));

    public Answer Fdatasync() => Names.Of(Native.fdatasync(number));

    public Answer Ftruncate(long size) => Names.Of(Native.ftruncate(number, size));

    public Answer Fallocate(int mode, long offset, long length) => Names.Of(Native.fallocate(number, mode, offset, length));

    public Answer CopyTo(Descriptor to, long from, long place, long length)
    {
        long source = from, target = place;
        return Names.Of(Native.copy_file_range(number, &source, to.Number, &target, (nint)length, 0));
    }

    public Answer SendTo(Descriptor to, long from, long length)
    {
        long source = from;
        return Names.Of(Native.sendfile(to.Number, number, &source, (nint)length));
    }

    public Answer Fchmod(uint mode) => Names.Of(Native.fchmod(number, mode));

    public Answer Fchown(uint user, uint group) => Names.Of(Native.fchown(number, user, group));

    public Answer Fchdir() => Names.Of(Native.fchdir(number));

    public Answer Futimens((long Seconds, long Nanoseconds) access, (long Seconds, long Nanoseconds) modify)
    {
        long* times = stackalloc long[] { access.Seconds, access.Nanoseconds, modify.Seconds, modify.Nanoseconds };
        return Names.Of(Native.futimens(number, times));
    }

    public Answer Fsetxattr(string name, string value, int flags = 0) => Over(value, (start, length) => Native.fsetxattr(number, name, start, length, flags));

    public Answer Fremovexattr(string name) => Names.Of(Native.fremovexattr(number, name));

    public string Fgetxattr(string name) => Text(65536, (start, length) => Native.fgetxattr(number, name, start, length));

    public Stat Fstat()
    {
        byte* buffer = stackalloc byte[Stat.Bytes];
        Answer answer = Names.Of(Native.statx(number, "", AT_EMPTY_PATH, 0xFFF, buffer));
        return answer.IsError ? throw new BehaviourFailed($"fstat: {answer}") : new Stat(new ReadOnlySpan<byte>(buffer, Stat.Bytes));
    }

    public Answer Openat(string path, int flags, uint mode = 0x1A4)
    {
        Answer answer = Names.Of(Native.openat(number, path, flags | O_CLOEXEC, mode));
        if (!answer.IsError)
        {
            _ = Native.close((int)answer.Value);
        }

        return answer.IsError ? answer : default;
    }

    public Answer Flock(int operation) => Names.Of(Native.flock(number, operation));

    /// <summary>F_OFD_SETLK: a record lock that belongs to this open file.</summary>
    public Answer Lock(short type, long start, long length)
    {
        FileLock wanted = new() { Type = type, Start = start, Length = length };
        return Names.Of(Native.fcntl(number, SetOpenFileLock, &wanted));
    }

    /// <summary>F_OFD_GETLK: the type of the lock that is in the way, F_UNLCK when none is.</summary>
    public short LockInTheWay(short type, long start, long length)
    {
        FileLock wanted = new() { Type = type, Start = start, Length = length };
        Answer answer = Names.Of(Native.fcntl(number, GetOpenFileLock, &wanted));
        return answer.IsError ? throw new BehaviourFailed($"F_OFD_GETLK: {answer}") : wanted.Type;
    }

    public uint Flags() => TryFlags(out uint flags) is { IsError: true } error ? throw new BehaviourFailed($"FS_IOC_GETFLAGS: {error}") : flags;

    public Answer TryFlags(out uint flags)
    {
        long value = 0;
        Answer answer = Names.Of(Native.ioctl(number, GetFlagsRequest, &value));
        flags = (uint)value;
        return answer;
    }

    public Answer SetFlags(uint flags)
    {
        long value = flags;
        return Names.Of(Native.ioctl(number, SetFlagsRequest, &value));
    }

    /// <summary>fsx_xflags of FS_IOC_FSGETXATTR.</summary>
    public Answer ExtendedFlags(out uint flags)
    {
        byte* buffer = stackalloc byte[28];
        Answer answer = Names.Of(Native.ioctl(number, GetExtendedRequest, buffer));
        flags = *(uint*)buffer;
        return answer;
    }

    public Answer SetExtendedFlags(uint flags)
    {
        byte* buffer = stackalloc byte[28];
        new Span<byte>(buffer, 28).Clear();
        *(uint*)buffer = flags;
        return Names.Of(Native.ioctl(number, SetExtendedRequest, buffer));
    }

    public Answer Ioctl(nuint request)
    {
        byte* buffer = stackalloc byte[256];
        new Span<byte>(buffer, 256).Clear();
        return Names.Of(Native.ioctl(number, request, buffer));
    }

    private delegate nint Transfer(byte* start, nint length);

    private static Answer Over(string text, Transfer call)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        fixed (byte* start = bytes)
        {
            return Names.Of(call(start, bytes.Length));
        }
    }

    private static string Text(int bytes, Transfer call)
    {
        byte[] buffer = new byte[Math.Max(bytes, 1)];
        fixed (byte* start = buffer)
        {
            Answer answer = Names.Of(call(start, bytes));
            return answer.IsError ? throw new BehaviourFailed($"read: {answer}") : Encoding.Latin1.GetString(buffer, 0, (int)answer.Value);
        }
    }

    // struct flock of 64-bit machines.
    private struct FileLock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }
}
