using System.Runtime.InteropServices;
using System.Text;
using Ext2Union.Model.Tests.Calls;
using Ext2Union.Model.Tests.Tree;
using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests.Workers;

/// <content>Calls of more than one line.</content>
internal sealed unsafe partial class Worker
{
    private const int FolderNow = -100;
    private const int SymlinkNoFollow = 0x100;
    private const int SymlinkFollow = 0x400;
    private const int EmptyPath = 0x1000;
    private const ulong GetFlagsRequest = 0x80086601;
    private const ulong SetFlagsRequest = 0x40086602;

    // What the model keeps: immutable, append-only, no dump.
    private const uint ModelledFlags = 0x70;

    private Answer Open(byte[] path, int flags, uint mode, int slot)
    {
        // A path that begins at the slot that is replaced was made before: what it names is closed now.
        CloseSlot(slot);
        slots[slot] = Libc.open(path, flags | OpenBits.NonBlocking | OpenBits.CloseOnExec, mode);
        return slots[slot] < 0 ? Failed() : default;
    }

    private Answer Close(int slot)
    {
        Answer answer = Check(Libc.close(slots[slot]));
        slots[slot] = -1;
        return answer;
    }

    private void CloseSlot(int slot)
    {
        if (slots[slot] >= 0)
        {
            _ = Close(slot);
        }
    }

    private Answer OnOpened(byte[] path, Func<int, Answer> call)
    {
        int descriptor = Libc.open(path, OpenBits.NonBlocking | OpenBits.CloseOnExec, 0);
        if (descriptor < 0)
        {
            return Failed();
        }

        Answer answer = call(descriptor);
        _ = Libc.close(descriptor);
        return answer;
    }

    private Answer Read(int slot, long offset, long length)
    {
        length = Math.Min(length, BufferBytes);
        nint count = offset < 0 ? Libc.read(slot, buffer, (nint)length) : Libc.pread(slot, buffer, (nint)length, offset);
        return count < 0 ? Failed() : Content(buffer, count);
    }

    private static Answer Content(byte* start, nint count) => new(Errno.None, count, $"{Answer.Hash(new ReadOnlySpan<byte>(start, (int)count))}");

    private static Answer Write(int slot, long offset, byte[] data)
    {
        // An empty array is pinned as null, and what is asked of the system is a place to write from.
        fixed (byte* start = data.Length > 0 ? data : new byte[1])
        {
            nint count = offset < 0 ? Libc.write(slot, start, data.Length) : Libc.pwrite(slot, start, data.Length, offset);
            return count < 0 ? Failed() : new Answer(Errno.None, count);
        }
    }

    private Answer Put(byte[] path, long offset, byte[] data)
    {
        int descriptor = Libc.open(path, OpenBits.Create | OpenBits.WriteOnly | OpenBits.NonBlocking | OpenBits.CloseOnExec, 0x1B6);
        if (descriptor < 0)
        {
            return Failed();
        }

        Answer answer = Write(descriptor, offset, data);
        _ = Libc.close(descriptor);
        return answer;
    }

    private static Answer CopyRange(int from, int to, long offset, long toOffset, long length)
    {
        nint count = Libc.copy_file_range(from, &offset, to, &toOffset, (nint)length, 0);
        return count < 0 ? Failed() : new Answer(Errno.None, count);
    }

    private static Answer Map(int slot)
    {
        const int ReadOnly = 1, Shared = 1;
        Answer stat = Stat(slot, [0], EmptyPath);
        if (stat.Error != Errno.None)
        {
            return stat;
        }

        nint length = (nint)Status.Parse(stat.Text).Size;
        nint address = Libc.mmap(0, length, ReadOnly, Shared, slot, 0);
        if (address == -1)
        {
            return Failed();
        }

        Answer answer = Content((byte*)address, length);
        _ = Libc.munmap(address, length);
        return answer;
    }

    private static Answer Stat(int folder, byte[] path, int flags)
    {
        byte* buffer = stackalloc byte[256];
        if (Libc.statx(folder, path, flags, 0xFFF, buffer) != 0)
        {
            return Failed();
        }

        // struct statx of linux/stat.h
        var device = new DeviceNumber(*(uint*)(buffer + 128), *(uint*)(buffer + 132));
        uint mode = *(ushort*)(buffer + 28);
        var status = new Status(
            ModeBits.KindOf(mode), mode & ModeBits.PermissionMask, *(uint*)(buffer + 20), *(uint*)(buffer + 24), *(uint*)(buffer + 16), *(long*)(buffer + 40),
            device.Encoded, *(ulong*)(buffer + 32), Time(buffer + 64), Time(buffer + 112), Time(buffer + 96));
        return new Answer(Errno.None, 0, status.ToString());

        static Timestamp Time(byte* at) => new(*(long*)at, *(uint*)(at + 8));
    }

    private static Answer SetTimes(Call call, byte[] path, int slot)
    {
        long* times = stackalloc long[4];
        Fill(times, call.A);
        Fill(times + 2, call.B);
        return Check(call.Kind == CallKind.SetTimes
            ? Libc.utimensat(FolderNow, path, times, call.C != 0 ? 0 : SymlinkNoFollow)
            : Libc.futimens(slot, times));

        static void Fill(long* time, long seconds)
        {
            const long Now = (1L << 30) - 1, Omit = (1L << 30) - 2;
            Timestamp value = ModelCalls.TimeOf(Math.Max(0, seconds));
            time[0] = value.Seconds;
            time[1] = seconds switch { ModelCalls.TimeNow => Now, ModelCalls.TimeOmitted => Omit, _ => value.Nanoseconds };
        }
    }

    private static Answer SetFlags(int descriptor, uint wanted)
    {
        uint flags = 0;
        if (Libc.ioctl(descriptor, GetFlagsRequest, &flags) != 0)
        {
            return Failed();
        }

        flags = (flags & ~ModelledFlags) | wanted;
        return Check(Libc.ioctl(descriptor, SetFlagsRequest, &flags));
    }

    private static Answer GetFlags(int descriptor)
    {
        uint flags = 0;
        return Libc.ioctl(descriptor, GetFlagsRequest, &flags) != 0 ? Failed() : new Answer(Errno.None, flags & ModelledFlags);
    }

    private Answer ListPath(byte[] path)
    {
        int descriptor = Libc.open(path, OpenBits.Directory | OpenBits.CloseOnExec, 0);
        if (descriptor < 0)
        {
            return Failed();
        }

        Answer answer = List(descriptor);
        _ = Libc.close(descriptor);
        return answer;
    }

    private Answer List(int descriptor)
    {
        var names = new List<string>();
        while (true)
        {
            // A small buffer, so that cookies are used.
            nint length = Libc.getdents64(descriptor, buffer, 512);
            if (length <= 0)
            {
                names.Sort(StringComparer.Ordinal);
                return length < 0 ? Failed() : new Answer(Errno.None, names.Count, string.Join('|', names));
            }

            // struct linux_dirent64: inode 8, offset 8, record length 2, type 1, then the name.
            for (byte* entry = buffer; entry < buffer + length; entry += *(ushort*)(entry + 16))
            {
                string name = Encoding.Latin1.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + 19));
                if (name is not ("." or ".."))
                {
                    names.Add($"{name} {entry[18]} {*(ulong*)entry}");
                }
            }
        }
    }
}
