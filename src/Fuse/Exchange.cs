using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ext2Union.Fuse.Protocol;
using Ext2Union.Vfs;

namespace Ext2Union.Fuse;

/// <summary>
/// One request and its reply, in native memory that is used again and again. It belongs to one thread at a time. The payload of a WRITE (behind
/// 80 bytes of headers) and that of a reply (behind 16) begin on a page, so that file data moves between aligned buffers.
/// </summary>
internal sealed unsafe class Exchange : IDisposable
{
    /// <summary>Largest payload of a WRITE or READ.</summary>
    public const int MaximumPayload = 1 << 20;
    private const int PageBytes = 4096;
    private const int BlockBytes = MaximumPayload + (2 * PageBytes);
    private static readonly int WriteHeaderBytes = sizeof(InHeader) + sizeof(WriteIn);

    private readonly byte* block;
    private readonly byte* request;
    private readonly byte* reply;

    public Exchange()
    {
        block = (byte*)NativeMemory.AlignedAlloc(2 * BlockBytes, PageBytes);
        request = block + PageBytes - WriteHeaderBytes;
        reply = block + BlockBytes + PageBytes - sizeof(OutHeader);
    }

    /// <summary>Where the kernel writes a request.</summary>
    public byte* RequestMemory => request;

    /// <summary>Room for a request. The kernel refuses to read with less than the largest WRITE needs.</summary>
    public static int RequestCapacity => BlockBytes - PageBytes + WriteHeaderBytes;

    /// <summary>Bytes of the request.</summary>
    public int RequestLength { get; set; }

    /// <summary>The reply as it goes to the kernel.</summary>
    public byte* ReplyMemory => reply;

    /// <summary>Bytes of the reply; zero when there is none.</summary>
    public int ReplyLength { get; private set; }

    /// <summary>The request's header.</summary>
    public ref InHeader Header => ref Unsafe.AsRef<InHeader>(request);

    /// <summary>Scratch memory of this exchange, for ACLs of new objects and for sinks.</summary>
    public byte[] Scratch { get; } = new byte[Inheritance.ScratchBytes];

    /// <summary>Puts directory entries into the reply.</summary>
    public ListingSink Listing { get; } = new();

    /// <summary>What follows the header.</summary>
    public Span<byte> Body => new(request + sizeof(InHeader), RequestLength - sizeof(InHeader));

    /// <summary>The fixed part of the body. Requires: the dispatcher has checked that the body is that long.</summary>
    public ref T Fixed<T>()
        where T : unmanaged => ref Unsafe.AsRef<T>(request + sizeof(InHeader));

    /// <summary>What follows the fixed part.</summary>
    public Span<byte> After<T>()
        where T : unmanaged => Body[sizeof(T)..];

    /// <summary>Room for the payload of a reply.</summary>
    public Span<byte> Payload => new(reply + sizeof(OutHeader), MaximumPayload);

    /// <summary>A reply with a payload of this length, which has been written to <see cref="Payload"/>.</summary>
    public void Answer(int payloadLength) => ReplyLength = sizeof(OutHeader) + payloadLength;

    /// <summary>A reply that carries one structure: zeroed, to be filled in by the caller.</summary>
    public ref T Answer<T>()
        where T : unmanaged
    {
        Answer(sizeof(T));
        ref T body = ref Unsafe.AsRef<T>(reply + sizeof(OutHeader));
        body = default;
        return ref body;
    }

    /// <summary>There is no reply to this request.</summary>
    public void AnswerNothing() => ReplyLength = 0;

    /// <summary>Writes the header of the reply. An error takes the place of whatever was put into it.</summary>
    public void Seal(Errno error)
    {
        if (error != Errno.None)
        {
            Answer(0);
        }

        ref OutHeader header = ref Unsafe.AsRef<OutHeader>(reply);
        header.Length = (uint)ReplyLength;
        header.Error = -(int)error;
        header.Unique = Header.Unique;
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.AlignedFree(block);
}
