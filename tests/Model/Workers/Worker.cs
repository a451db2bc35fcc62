using System.Runtime.InteropServices;
using System.Text;
using Ext2Union.Model.Tests.Calls;
using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests.Workers;

/// <summary>
/// A process that makes calls as one user. It reads a call per line from standard input and answers with a line; a line that begins with "@" names
/// the folder that paths are in from then on, and closes everything.
/// </summary>
internal sealed unsafe partial class Worker
{
    private const int SlotCount = Tree.ModelProcess.SlotCount + 1;
    private const int BufferBytes = 1 << 20;

    private readonly int[] slots = [.. Enumerable.Repeat(-1, SlotCount)];
    private readonly byte* buffer = (byte*)NativeMemory.Alloc(BufferBytes);
    private string root = "/";

    /// <summary>Becomes the user and serves until standard input ends.</summary>
    public static void Serve(uint user, uint umask)
    {
        uint group = user;
        if (Libc.setgroups(0, &group) != 0 || Libc.setresgid(group, group, group) != 0 || Libc.setresuid(user, user, user) != 0)
        {
            Console.Error.WriteLine($"cannot become user {user}");
            return;
        }

        _ = Libc.umask(umask);
        var worker = new Worker();
        using var input = new StreamReader(Console.OpenStandardInput(), Encoding.Latin1, false, 1 << 16);
        using var output = new StreamWriter(Console.OpenStandardOutput(), Encoding.Latin1, 1 << 16) { NewLine = "\n" };
        while (input.ReadLine() is { } line)
        {
            output.WriteLine(line[0] == '@' ? worker.Move(line[1..]) : worker.Do(Call.Parse(line)));
            output.Flush();
        }
    }

    private Answer Move(string folder)
    {
        root = folder;
        for (int slot = 0; slot < SlotCount; slot++)
        {
            CloseSlot(slot);
        }

        return default;
    }

    private Answer Do(Call call)
    {
        byte[] path = PathOf(call.Path), to = PathOf(call.To);
        int slot = slots[call.Slot];
        return call.Kind switch
        {
            CallKind.Open => Open(path, (int)call.A, (uint)call.B, call.Slot),
            CallKind.Close => Close(call.Slot),
            CallKind.Read or CallKind.ReadAt => Read(slot, call.Kind == CallKind.ReadAt ? call.A : -1, call.B),
            CallKind.Write or CallKind.WriteAt => Write(slot, call.Kind == CallKind.WriteAt ? call.A : -1, Call.Data(call.C, call.B)),
            CallKind.Put => Put(path, call.A, Call.Data(call.C, call.B)),
            CallKind.Seek => Libc.lseek(slot, call.A, (int)call.B) is var position and >= 0 ? new Answer(Errno.None, position) : Failed(),
            CallKind.Truncate => Check(Libc.truncate(path, call.A)),
            CallKind.TruncateSlot => Check(Libc.ftruncate(slot, call.A)),
            CallKind.Allocate => Check(Libc.fallocate(slot, (int)call.A, call.B, call.C)),
            CallKind.CopyRange => CopyRange(slot, slots[call.Slot2], call.A, call.B, call.C),
            CallKind.Map => Map(slot),
            CallKind.Sync => Check(Libc.fsync(slot)),
            CallKind.MakeDirectory => Check(Libc.mkdir(path, (uint)call.A)),
            CallKind.RemoveDirectory => Check(Libc.rmdir(path)),
            CallKind.MakeNode => Check(Libc.mknod(path, (uint)call.A, (ulong)call.B)),
            CallKind.Symlink => Check(Libc.symlink(Terminated(Call.Expand(call.Text)), path)),
            CallKind.ReadLink => Bytes(Libc.readlink(path, buffer, BufferBytes)),
            CallKind.Link => Check(Libc.linkat(FolderNow, path, FolderNow, to, 0)),
            CallKind.LinkSlot => slot < 0 ? new Answer(Errno.EBADF) : Check(Libc.linkat(FolderNow, Terminated($"/proc/self/fd/{slot}"), FolderNow, to, SymlinkFollow)),
            CallKind.Unlink => Check(Libc.unlink(path)),
            CallKind.Rename => Check(Libc.renameat2(FolderNow, path, FolderNow, to, (uint)call.A)),
            CallKind.Access => Check(Libc.access(path, (int)call.A)),
            CallKind.List => ListPath(path),
            CallKind.ListSlot => Libc.lseek(slot, 0, 0) < 0 ? Failed() : List(slot),
            _ => DoAttribute(call, path, slot),
        };
    }

    private Answer DoAttribute(Call call, byte[] path, int slot)
    {
        byte[] name = Terminated(call.Text.Split('=')[0]), value = Encoding.Latin1.GetBytes(call.Text[(call.Text.IndexOf('=') + 1)..]);
        return call.Kind switch
        {
            CallKind.Stat => Stat(FolderNow, path, SymlinkNoFollow),
            CallKind.StatSlot => Stat(slot, [0], EmptyPath),
            CallKind.ChangeMode => Check(Libc.chmod(path, (uint)call.A)),
            CallKind.ChangeModeSlot => Check(Libc.fchmod(slot, (uint)call.A)),
            CallKind.ChangeOwner => Check(Libc.chown(path, (uint)call.A, (uint)call.B)),
            CallKind.ChangeOwnerOfLink => Check(Libc.lchown(path, (uint)call.A, (uint)call.B)),
            CallKind.ChangeOwnerSlot => Check(Libc.fchown(slot, (uint)call.A, (uint)call.B)),
            CallKind.SetTimes or CallKind.SetTimesSlot => SetTimes(call, path, slot),
            CallKind.SetXattr => Check(Libc.lsetxattr(path, name, value, value.Length, (int)call.A)),
            CallKind.SetXattrSlot => Check(Libc.fsetxattr(slot, name, value, value.Length, (int)call.A)),
            CallKind.GetXattr => Bytes(Libc.lgetxattr(path, name, buffer, 65536)),
            CallKind.GetXattrSlot => Bytes(Libc.fgetxattr(slot, name, buffer, 65536)),
            CallKind.RemoveXattr => Check(Libc.lremovexattr(path, name)),
            CallKind.RemoveXattrSlot => Check(Libc.fremovexattr(slot, name)),
            CallKind.ListXattrs => Names(Libc.llistxattr(path, buffer, 65536)),
            CallKind.ListXattrsSlot => Names(Libc.flistxattr(slot, buffer, 65536)),
            CallKind.SetFlags => OnOpened(path, descriptor => SetFlags(descriptor, (uint)call.A)),
            CallKind.SetFlagsSlot => SetFlags(slot, (uint)call.A),
            CallKind.GetFlags => OnOpened(path, GetFlags),
            _ => throw new InvalidOperationException($"{call.Kind} is no system call"),
        };
    }

    private byte[] PathOf(string path)
    {
        path = Call.Expand(path);
        return path.StartsWith('%')
            ? Terminated($"/proc/self/fd/{(slots[path[1] - '0'] is var slot and >= 0 ? slot : 1_000_000)}{path[2..]}")
            : Terminated($"{root}/{path}");
    }

    private static byte[] Terminated(string text) => [.. Encoding.Latin1.GetBytes(text), 0];

    private static Answer Failed() => new((Errno)Marshal.GetLastPInvokeError());

    private static Answer Check(int result) => result < 0 ? Failed() : new Answer(Errno.None, result);

    private Answer Bytes(nint length) =>
        length < 0 ? Failed() : new Answer(Errno.None, length, Encoding.Latin1.GetString(new ReadOnlySpan<byte>(buffer, (int)length)));

    private Answer Names(nint length)
    {
        Answer all = Bytes(length);
        string[] names = all.Text.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        Array.Sort(names, StringComparer.Ordinal);
        return all with { Text = string.Join(',', names) };
    }
}
