using System.Text;

namespace Ext2Union.Posix.Tests.Calls;

/// <summary>A shared mapping of the start of a file.</summary>
internal sealed unsafe class Mapping : IDisposable
{
    private const int Readable = 1;
    private const int Writable = 2;
    private const int Shared = 1;
    private const int Synchronous = 4;

    private readonly byte* start;
    private readonly int length;

    public Mapping(Descriptor file, int length, bool writable)
    {
        this.length = length;
        start = Native.mmap(null, length, writable ? Readable | Writable : Readable, Shared, file.Number, 0);
        if ((nint)start == -1)
        {
            throw new BehaviourFailed($"mmap: {Names.Of(-1)}");
        }
    }

    public string this[int from, int to]
    {
        get => Encoding.Latin1.GetString(start + from, to - from);
        set => Encoding.Latin1.GetBytes(value).AsSpan(0, to - from).CopyTo(new Span<byte>(start + from, to - from));
    }

    public Answer Msync() => Names.Of(Native.msync(start, length, Synchronous));

    public void Dispose() => _ = Native.munmap(start, length);
}
