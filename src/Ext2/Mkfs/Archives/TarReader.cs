using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs.Archives;

/// <summary>
/// Reads a tar from its first byte to its last: ustar, pax and GNU, long names, all sparse formats of GNU tar. One entry at a time is in memory,
/// and never its data. What is wrong with an archive is one sentence that names the entry.
/// </summary>
public sealed class TarReader
{
    // An attribute is at most 64 KiB long and the list of a sparse file's ranges is seldom in a header; more is an attack on memory.
    private const int MostHeaderBytes = 16 << 20;

    private readonly TarInput input;
    private readonly byte[] block = new byte[TarHeader.Bytes];
    private readonly List<byte[]> globals = [];
    private TarEntry? current;
    private string last = "";
    private int range;
    private long rangeDone;
    private long unread;
    private long padding;
    private long globalBytes;
    private FormatFault? fault;

    /// <summary>Reads from where the input stands.</summary>
    public TarReader(TarInput input) => this.input = input;

    /// <summary>Goes to the next entry, past what was not read of this one. False at the end, and when <see cref="Fault"/> is set.</summary>
    public bool TryNext([NotNullWhen(true)] out TarEntry? entry)
    {
        entry = null;
        var extended = new TarExtension();
        if (!SkipData())
        {
            return false;
        }

        while (ReadHeader(out bool isEnd) && !isEnd)
        {
            var header = new TarHeader(block);
            if (!header.TrySize(out long size) || size < 0)
            {
                return Fail("has a size that is no number", header.Name());
            }

            bool isExtension = header.Type is (byte)'x' or (byte)'X' or (byte)'g' or (byte)'L' or (byte)'K';
            if (isExtension)
            {
                if (!ReadExtension(header.Type, header.Name(), size, extended))
                {
                    return false;
                }
            }
            else if (header.Type is (byte)'V')
            {
                // The label of a volume of GNU tar: no part of the tree.
                if (!Skip(size, header.Name()))
                {
                    return false;
                }
            }
            else
            {
                return TryEntry(header, size, extended, out entry);
            }
        }

        return false;
    }

    /// <summary>Why reading stopped, or null.</summary>
    public FormatFault? Fault => fault;

    /// <summary>Reads the next bytes of the entry's data, never across a hole. None are left when <paramref name="count"/> is 0.</summary>
    public bool TryRead(Span<byte> buffer, out long offset, out int count)
    {
        offset = 0;
        count = 0;
        SparseMap? map = current?.Data;
        if (map is null || range == map.Count)
        {
            return true;
        }

        (long start, long length) = map[range];
        offset = start + rangeDone;
        int wanted = (int)Math.Min(buffer.Length, length - rangeDone);
        Errno error = input.Read(buffer[..wanted], out count);
        unread -= count;
        rangeDone += count;
        if (rangeDone == length)
        {
            range++;
            rangeDone = 0;
        }

        return error != Errno.None ? FailToRead(error) : count == wanted || Fail("is cut short: the archive ends within its data", current!.Path);
    }

    // What follows the end is padding; a program that writes it into a pipe must not be told that nobody reads.
    private bool Drain()
    {
        Errno error = input.CanRepeat ? Errno.None : input.Skip(long.MaxValue, out _);
        return error == Errno.None || FailToRead(error);
    }

    private bool ReadHeader(out bool isEnd)
    {
        isEnd = false;
        long at = input.Position;
        Errno error = input.Read(block, out int read);
        if (error != Errno.None)
        {
            return FailToRead(error);
        }

        var header = new TarHeader(block);
        if (read < block.Length)
        {
            return at == 0 ? FailAs($"{input.Name} is {(read == 0 ? "empty" : Compression.Describe(block.AsSpan(0, read), input.Name))}") : FailAs($"{input.Name} is cut short: the mark of its end is missing{Behind}");
        }

        if (header.IsEmpty)
        {
            isEnd = true;
            return Drain();
        }

        return header.HasChecksum() || (at == 0
            ? FailAs($"{input.Name} is {Compression.Describe(block, input.Name)}")
            : FailAs($"{input.Name} is damaged at byte {at}: no header of an entry is there{Behind}"));
    }

    private string Behind => last.Length > 0 ? $" (behind {last})" : "";

    private bool ReadExtension(byte type, byte[] name, long size, TarExtension extended)
    {
        if (size > MostHeaderBytes || (type == 'g' && (globalBytes += size) > MostHeaderBytes))
        {
            return Fail($"has an extended header of {size} bytes; {MostHeaderBytes} are the most", name);
        }

        byte[] content = new byte[size];
        Errno error = input.Read(content, out int read);
        if (error != Errno.None || read < size)
        {
            return error != Errno.None ? FailToRead(error) : Fail("is cut short: the archive ends within its extended header", name);
        }

        if (!SkipPadding(size, name))
        {
            return false;
        }

        string sentence = "";
        if (type == 'g')
        {
            globals.Add(content);
            return new PaxAttributes().TryAdd(content, out sentence) || Fail(sentence, name, verb: "");
        }

        return extended.TryAdd(type, content, out sentence) || Fail(sentence, name, verb: "");
    }

    private bool TryEntry(TarHeader header, long size, TarExtension extended, [NotNullWhen(true)] out TarEntry? entry)
    {
        var pax = new PaxAttributes();
        string sentence = "";
        entry = null;
        foreach (byte[] records in extended.Pax is null ? globals : globals.Append(extended.Pax))
        {
            if (!pax.TryAdd(records, out sentence))
            {
                return Fail(sentence, header.Name(), verb: "");
            }
        }

        var builder = new TarEntryBuilder(block.ToArray(), pax, extended);
        if (!builder.TryDescribe(size, out long stored, out sentence))
        {
            return Fail(sentence, builder.RawPath, verb: "");
        }

        last = TarEntry.Show(builder.RawPath);
        range = 0;
        rangeDone = 0;
        unread = stored;
        SparseMap map = SparseMap.Whole(builder.IsSparse ? 0 : stored);
        if (builder.IsSparse && !ReadSparseMap(header, pax, builder, ref map, stored))
        {
            return false;
        }

        padding = -stored & (TarHeader.Bytes - 1);
        if (!builder.TryBuild(map, out entry, out sentence))
        {
            return Fail(sentence, builder.RawPath, verb: "");
        }

        current = entry;
        return true;
    }

    private bool ReadSparseMap(TarHeader header, PaxAttributes pax, TarEntryBuilder builder, ref SparseMap map, long stored)
    {
        bool isSound = true;
        if (header.Type == 'S')
        {
            isSound = header.TryAddSparse(isContinuation: false, map);
            bool hasMore = header.HasMoreSparse;
            while (isSound && hasMore)
            {
                Errno error = input.Read(block, out int read);
                if (error != Errno.None || read < block.Length)
                {
                    return error != Errno.None ? FailToRead(error) : Fail("is cut short: the archive ends within its map of holes", builder.RawPath);
                }

                isSound = new TarHeader(block).TryAddSparse(isContinuation: true, map);
                hasMore = new TarHeader(block).ContinuationHasMore;
            }
        }
        else if (pax.HasMapInData)
        {
            var reading = new SparseMapInData(input, unread);
            isSound = reading.TryRead(map);
            unread = reading.Left;
        }
        else
        {
            map = pax.Sparse ?? map;
        }

        return (isSound && map.Fits(builder.Size, unread)) || Fail("its map of holes makes no sense", builder.RawPath, verb: "");
    }

    private bool SkipData()
    {
        if (current is null)
        {
            return fault is null;
        }

        byte[] path = current.Path;
        current = null;
        return fault is null && Skip(unread + padding, path, isWhole: true);
    }

    private bool Skip(long size, ReadOnlySpan<byte> name, bool isWhole = false)
    {
        long all = isWhole ? size : size + (-size & (TarHeader.Bytes - 1));
        Errno error = input.Skip(all, out bool isComplete);
        return error != Errno.None ? FailToRead(error) : isComplete || Fail("is cut short: the archive ends within its data", name);
    }

    private bool SkipPadding(long size, ReadOnlySpan<byte> name) => Skip(-size & (TarHeader.Bytes - 1), name, isWhole: true);

    private bool FailToRead(Errno error) => FailAs($"reading {input.Name} failed{Behind}: {Marshal.GetPInvokeErrorMessage((int)error)}", error);

    private bool Fail(string sentence, ReadOnlySpan<byte> name, string verb = "it ") =>
        FailAs($"{input.Name}: the entry {TarEntry.Show(name)} can't be taken: {verb}{sentence}");

    private bool FailAs(string sentence, Errno error = Errno.EINVAL)
    {
        fault = new FormatFault(error, sentence);
        return false;
    }
}
