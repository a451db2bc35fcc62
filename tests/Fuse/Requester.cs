using System.Runtime.CompilerServices;
using System.Text;
using Ext2Union.Fuse.Protocol;
using Ext2Union.Vfs;

namespace Ext2Union.Fuse.Tests;

/// <summary>Plays the kernel: puts requests into an exchange, has them served, and looks at the replies.</summary>
internal sealed unsafe class Requester : IDisposable
{
    private readonly Dispatcher dispatcher;
    private ulong unique;

    public Requester(FileSystem fileSystem, EventLog? log = null, SessionOptions? options = null)
    {
        Tree = new ServedTree(fileSystem, options ?? new SessionOptions(), log ?? EventLog.Silent);
        dispatcher = new Dispatcher(Tree);
    }

    public Exchange Exchange { get; } = new();

    public ServedTree Tree { get; }

    public uint UserId { get; set; }

    /// <summary>Serves one request; the answer is the error of the reply.</summary>
    public Errno Send<T>(Opcode opcode, ulong node, in T body, ReadOnlySpan<byte> rest)
        where T : unmanaged
    {
        byte* memory = Exchange.RequestMemory;
        Unsafe.WriteUnaligned(memory + sizeof(InHeader), body);
        rest.CopyTo(new Span<byte>(memory + sizeof(InHeader) + sizeof(T), rest.Length));
        return Finish(opcode, node, sizeof(T) + rest.Length);
    }

    public Errno Send(Opcode opcode, ulong node, ReadOnlySpan<byte> rest)
    {
        rest.CopyTo(new Span<byte>(Exchange.RequestMemory + sizeof(InHeader), rest.Length));
        return Finish(opcode, node, rest.Length);
    }

    public ref T Reply<T>()
        where T : unmanaged
    {
        Assert.True(Exchange.ReplyLength >= sizeof(OutHeader) + sizeof(T));
        return ref Unsafe.AsRef<T>(Exchange.ReplyMemory + sizeof(OutHeader));
    }

    public ReadOnlySpan<byte> ReplyBytes => new(Exchange.ReplyMemory + sizeof(OutHeader), Exchange.ReplyLength - sizeof(OutHeader));

    /// <summary>Looks a name up; the answer is its node, 0 when it is absent.</summary>
    public ulong Lookup(ulong parent, string name)
    {
        Assert.Equal(Errno.None, Send(Opcode.Lookup, parent, Name(name)));
        return Reply<EntryOut>().Node;
    }

    /// <summary>Makes a file with CREATE; the answer is its node, and the handle is left open.</summary>
    public ulong Create(ulong parent, string name, out ulong handle)
    {
        CreateIn wanted = new() { Flags = 2 | 0x40, Mode = 0x81A4, Umask = 18 };
        Assert.Equal(Errno.None, Send(Opcode.Create, parent, in wanted, Name(name)));
        handle = Reply<CreateOut>().Open.Handle;
        return Reply<CreateOut>().Entry.Node;
    }

    public static byte[] Name(string name) => [.. Encoding.UTF8.GetBytes(name), 0];

    public void Dispose() => Exchange.Dispose();

    private Errno Finish(Opcode opcode, ulong node, int bodyBytes)
    {
        ref InHeader header = ref Unsafe.AsRef<InHeader>(Exchange.RequestMemory);
        header = new InHeader { Length = (uint)(sizeof(InHeader) + bodyBytes), Opcode = opcode, Node = node, Unique = ++unique, UserId = UserId, GroupId = UserId };
        Exchange.RequestLength = (int)header.Length;
        dispatcher.Handle(Exchange);
        if (Exchange.ReplyLength == 0)
        {
            return Errno.None;
        }

        ref OutHeader reply = ref Unsafe.AsRef<OutHeader>(Exchange.ReplyMemory);
        if (reply.Unique != unique || reply.Length != Exchange.ReplyLength)
        {
            // Not Assert.Equal, whose boxes would be counted as garbage of the request.
            Assert.Fail($"reply to request {unique} says {reply.Unique} and {reply.Length} bytes of {Exchange.ReplyLength}");
        }

        return (Errno)(-reply.Error);
    }
}
