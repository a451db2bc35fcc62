using Ext2Union.Vfs;
using Xunit;

namespace Ext2Union.Tests.Support;

/// <summary>
/// One file of a union beside an array of bytes that is done the same to. Every answer is held against the array; what may differ is only where holes are
/// said to be, and there nothing but zeros may be.
/// </summary>
public sealed class PartialFile(Random random, List<string> story)
{
    /// <summary>Largest size it is truncated to.</summary>
    public const int MaximumBytes = 160_000;

    private byte[] bytes = [];

    /// <summary>What the file holds.</summary>
    public byte[] Bytes => bytes;

    /// <summary>Fills a file of a lower with data and holes in turns, and begins with that.</summary>
    public void Fill(FileInode inode, int size)
    {
        bytes = new byte[size];
        for (int position = 0; position < size;)
        {
            int length = Math.Min(1 + random.Next(12_000), size - position);
            if (random.Next(3) != 0)
            {
                random.NextBytes(bytes.AsSpan(position, length));
                Assert.Equal(Errno.None, inode.Write(position, bytes.AsSpan(position, length), out _));
            }

            position += length;
        }

        Assert.Equal(Errno.None, inode.SetSize(size));
    }

    /// <summary>Does one thing to the file and to the array.</summary>
    public void Step(FileInode file)
    {
        // Offsets near the ends of blocks are where mistakes are.
        switch (random.Next(12))
        {
            case 0 or 1 or 2 or 3:
                Write(file, Offset(MaximumBytes / 2), Length());
                break;
            case 4:
                SetSize(file, Offset(random.Next(3) == 0 ? MaximumBytes : bytes.Length + 1));
                break;
            case 5:
                Zero(file, AllocateMode.PunchHole | AllocateMode.KeepSize);
                break;
            case 6:
                Zero(file, random.Next(2) == 0 ? AllocateMode.ZeroRange : AllocateMode.ZeroRange | AllocateMode.KeepSize);
                break;
            case 7:
                Allocate(file);
                break;
            case 8:
                Seek(file, SeekKind.Data);
                Seek(file, SeekKind.Hole);
                break;
            case 9:
                Note("chmod");
                Assert.Equal(Errno.None, file.SetAttributes(new AttributeChange { Fields = AttributeFields.Mode, Mode = (uint)random.Next(512) }));
                break;
            case 10:
                Note("fsync");
                Assert.Equal(Errno.None, file.Sync(dataOnly: random.Next(2) == 0));
                break;
            default:
                Read(file, Offset(bytes.Length + 5000), Length());
                break;
        }
    }

    /// <summary>All of it, by reading and by walking its data as cp --sparse does.</summary>
    public void Compare(FileInode file)
    {
        Read(file, 0, bytes.Length + 100);
        Assert.Equal(Errno.None, file.GetAttributes(out Attributes attributes));
        Assert.Equal(bytes.Length, attributes.Size);
        byte[] copy = new byte[bytes.Length];
        long position = 0;
        while (position < bytes.Length && file.Seek(position, SeekKind.Data, out long data) == Errno.None)
        {
            Assert.InRange(data, position, bytes.Length - 1);
            Assert.Equal(Errno.None, file.Seek(data, SeekKind.Hole, out long end));
            Assert.InRange(end, data + 1, bytes.Length);
            Assert.Equal(Errno.None, file.Read(data, copy.AsSpan((int)data, (int)(end - data)), out int read));
            Assert.Equal(end - data, read);
            position = end;
        }

        AssertSame(bytes, copy, 0, "by its data");
    }

    private void Write(FileInode file, int offset, int length)
    {
        byte[] data = new byte[length];
        random.NextBytes(data);
        Note($"write {offset} {length}");
        Assert.Equal(Errno.None, file.Write(offset, data, out int written));
        Assert.Equal(length, written);
        if (offset + length > bytes.Length)
        {
            Array.Resize(ref bytes, offset + length);
        }

        data.CopyTo(bytes, offset);
    }

    private void SetSize(FileInode file, int size)
    {
        Note($"truncate {size}");
        Assert.Equal(Errno.None, file.SetSize(size));
        Array.Resize(ref bytes, size);
    }

    private void Zero(FileInode file, AllocateMode mode)
    {
        int offset = Offset(bytes.Length + 1000);
        int length = Length();
        Note($"{mode} {offset} {length}");
        Assert.Equal(Errno.None, file.Allocate(mode, offset, length));
        if ((mode & AllocateMode.KeepSize) == 0 && offset + length > bytes.Length)
        {
            Array.Resize(ref bytes, offset + length);
        }

        int from = Math.Min(offset, bytes.Length);
        bytes.AsSpan(from, Math.Min(length, bytes.Length - from)).Clear();
    }

    private void Allocate(FileInode file)
    {
        int offset = Offset(bytes.Length + 1000);
        int length = Length();
        Note($"allocate {offset} {length}");
        Assert.Equal(Errno.None, file.Allocate(AllocateMode.None, offset, length));
        if (offset + length > bytes.Length)
        {
            Array.Resize(ref bytes, offset + length);
        }
    }

    private void Read(FileInode file, int offset, int length)
    {
        Note($"read {offset} {length}");
        byte[] data = new byte[length];
        data.AsSpan().Fill(0xEE);
        Assert.Equal(Errno.None, file.Read(offset, data, out int read));
        Assert.Equal(Math.Clamp(bytes.Length - offset, 0, length), read);
        AssertSame(bytes.AsSpan(Math.Min(offset, bytes.Length), read), data.AsSpan(0, read), offset, "read");
    }

    private void Seek(FileInode file, SeekKind kind)
    {
        int offset = Offset(bytes.Length + 1000);
        Note($"seek {kind} {offset}");
        Errno error = file.Seek(offset, kind, out long found);
        if (offset >= bytes.Length || (kind == SeekKind.Data && error != Errno.None))
        {
            Assert.Equal(Errno.ENXIO, error);
            Assert.Equal(-1, bytes.AsSpan(Math.Min(offset, bytes.Length)).IndexOfAnyExcept((byte)0) is var at && offset < bytes.Length ? at : -1);
            return;
        }

        Assert.Equal(Errno.None, error);
        Assert.InRange(found, offset, bytes.Length);
        if (kind == SeekKind.Data)
        {
            Assert.Equal(-1, bytes.AsSpan(offset, (int)found - offset).IndexOfAnyExcept((byte)0));
        }
        else if (found < bytes.Length)
        {
            long end = file.Seek(found, SeekKind.Data, out long next) == Errno.None ? next : bytes.Length;
            Assert.True(end > found, $"a hole at {found} is data");
            Assert.Equal(-1, bytes.AsSpan((int)found, (int)(end - found)).IndexOfAnyExcept((byte)0));
        }
    }

    private static void AssertSame(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, int offset, string how)
    {
        int same = expected.CommonPrefixLength(actual);
        Assert.True(same == expected.Length, $"{how}: byte {offset + same} is {(same < actual.Length ? actual[same] : -1)}, not {(same < expected.Length ? expected[same] : -1)}");
    }

    private int Offset(int below)
    {
        int offset = random.Next(Math.Max(1, below));
        return random.Next(3) switch
        {
            0 => offset & ~1023,
            1 => Math.Clamp((offset & ~4095) + random.Next(-2, 3), 0, Math.Max(0, below - 1)),
            _ => offset,
        };
    }

    private int Length() => random.Next(4) switch
    {
        0 => 1 + random.Next(20),
        1 => 4096 * (1 + random.Next(4)),
        2 => 1 + random.Next(4096),
        _ => 1 + random.Next(30_000),
    };

    private void Note(string what) => story.Add(what);
}
