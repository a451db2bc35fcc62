using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Semantics.Storm;

internal sealed partial class OwnFiles
{
    public void WriteInPlace()
    {
        OwnFile file = Any();
        int offset = random.Next(Math.Min(file.Content.Length, MostBytes) + 1);
        byte[] data = Bytes(random.Next(1, 6000));
        calls.Write(AnyName(file), Posix.OpenFlags.Read, offset, data);
        Put(file, offset, data);
    }

    public void Append()
    {
        OwnFile file = Any();
        byte[] data = Bytes(random.Next(1, 3000));
        if (file.Content.Length < 250_000)
        {
            calls.Write(AnyName(file), Posix.OpenFlags.Append, 0, data);
            Put(file, file.Content.Length, data);
        }
    }

    public void Truncate()
    {
        OwnFile file = Any();
        int size = random.Next(4) == 0 ? 0 : random.Next(MostBytes);
        calls.Truncate(AnyName(file), size);
        byte[] content = file.Content;
        Array.Resize(ref content, size);
        file.Content = content;
    }

    public void Overwrite()
    {
        OwnFile file = Any();
        byte[] data = Bytes(random.Next(1, 9000));
        calls.Write(AnyName(file), Posix.OpenFlags.Truncate, 0, data);
        file.Content = data;
    }

    public void PunchHole()
    {
        OwnFile file = Any();
        if (file.Content.Length < 10)
        {
            return;
        }

        int offset = random.Next(file.Content.Length - 1), length = random.Next(1, file.Content.Length - offset);
        using (Posix.OpenFile open = calls.Open(AnyName(file), Posix.OpenFlags.ReadWrite))
        {
            calls.Must($"punch {file.Names[0]}", () => open.Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, offset, length));
        }

        byte[] content = [.. file.Content];
        content.AsSpan(offset, length).Clear();
        file.Content = content;
    }

    /// <summary>A descriptor that was opened for reading shows what is written after, through another name too.</summary>
    public void WriteWhileOpenForReading()
    {
        OwnFile file = Any();
        using Posix.OpenFile open = calls.Open(AnyName(file), Posix.OpenFlags.Read);
        byte[] before = calls.Get($"read {file.Names[0]} at first", open.ReadAll);
        Check(file, before);
        byte[] data = Bytes(random.Next(1, 3000));
        int offset = random.Next(Math.Min(file.Content.Length, MostBytes) + 1);
        calls.Write(AnyName(file), Posix.OpenFlags.Read, offset, data);
        Put(file, offset, data);
        Check(file, calls.Get($"read {file.Names[0]} through the older descriptor", open.ReadAll));
    }

    public void ChangeAttributes()
    {
        OwnFile file = Any();
        switch (random.Next(3))
        {
            case 0:
                file.Mode = (uint)random.Next(0x200);
                calls.ChangeMode(AnyName(file), file.Mode);
                break;
            case 1:
                uint user = (uint)random.Next(5), group = (uint)random.Next(5);
                calls.ChangeOwner(AnyName(file), user, group);
                file.Owner = $"{user}:{group}";
                break;
            default:
                byte[] value = Bytes(random.Next(1, 60));
                calls.SetXattr(AnyName(file), "user.storm", value);
                file.Xattr = value;
                break;
        }
    }

    public void Stat()
    {
        OwnFile file = Any();
        string name = AnyName(file);
        if (file.Compare(calls.Stat(name)) is { } fault)
        {
            throw StormCalls.Wrong($"{name}: {fault}");
        }

        if (file.Xattr is { } value && !calls.GetXattr(name, "user.storm").AsSpan().SequenceEqual(value))
        {
            throw StormCalls.Wrong($"{name}: its attribute is not what was set last");
        }
    }

    public void Read()
    {
        OwnFile file = Any();
        Check(file, calls.Read(AnyName(file)));
    }

    private static void Check(OwnFile file, byte[] content)
    {
        int at = content.AsSpan().CommonPrefixLength(file.Content);
        if (at < content.Length || at < file.Content.Length)
        {
            throw StormCalls.Wrong($"{string.Join(' ', file.Names)}: {content.Length} bytes, expected {file.Content.Length}, differ from {at} on");
        }
    }

    private static void Put(OwnFile file, int offset, byte[] data)
    {
        byte[] content = new byte[Math.Max(file.Content.Length, offset + data.Length)];
        file.Content.CopyTo(content, 0);
        data.CopyTo(content, offset);
        file.Content = content;
    }
}
