using System.Buffers.Binary;
using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>
/// Readers and writers of one file that is copied up block by block. Every half of a block carries its place, a version and what follows from both, so that a half that was
/// mixed, lost or taken from elsewhere is found; a version that was written before a read began must be seen by it.
/// </summary>
public class PartialConcurrencyTests
{
    private const int Half = 2048;
    private const int Halves = 256;
    private const int Zeroed = 192;
    private const int Steps = 6000;

    private readonly int[] written = new int[Halves];
    private readonly List<Exception> failures = [];

    [Fact]
    public void NoHalfBlockIsLostMixedOrOld()
    {
        using var u = new UnionFixture([], [["f="]], copyUp: CopyUpMode.Partial);
        var low = (FileInode)u.Lowers[0].Root.Lookup("f"u8).Value;
        byte[] half = new byte[Half];
        for (int i = 0; i < Halves; i++)
        {
            Make(half, i, 0);
            Assert.Equal(Errno.None, low.Write(i * Half, half, out _));
        }

        low.Release();
        u.LowersMayDiffer();
        var file = (FileInode)u.Walk("f").Value;
        Thread[] threads =
        [
            .. Enumerable.Range(0, 2).Select(side => Start(() => Write(file, side))),
            .. Enumerable.Range(0, 2).Select(seed => Start(() => Read(file, seed))),
            Start(() => Zero(file)),
        ];
        Array.ForEach(threads, thread => thread.Join());
        Assert.True(failures.Count == 0, failures.FirstOrDefault()?.ToString());
        file.Release();
        u.Remount();
        u.At("f", inode => Check((FileInode)inode, 0, Halves));
        Assert.Empty(u.Log.Lines);
    }

    // Each writer has one half of every block: both are forever writing parts of the same blocks.
    private void Write(FileInode file, int side)
    {
        var random = new Random(side);
        byte[] half = new byte[Half];
        for (int step = 0; step < Steps; step++)
        {
            int number = random.Next(Zeroed / 2) * 2 + side;
            int version = written[number] + 1;
            Make(half, number, version);
            Assert.Equal(Errno.None, file.Write(number * Half, half, out int count));
            Assert.Equal(Half, count);
            Volatile.Write(ref written[number], version);
        }
    }

    private void Read(FileInode file, int seed)
    {
        var random = new Random(100 + seed);
        for (int step = 0; step < Steps / 4; step++)
        {
            int first = random.Next(Halves);
            Check(file, first, Math.Min(1 + random.Next(12), Halves - first));
        }
    }

    private static void Zero(FileInode file)
    {
        var random = new Random(7);
        for (int step = 0; step < 200; step++)
        {
            int first = Zeroed + random.Next(Halves - Zeroed);
            int count = Math.Min(1 + random.Next(3), Halves - first);
            Assert.Equal(Errno.None, file.Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, first * Half, count * Half));
            Assert.Equal(Errno.None, file.GetAttributes(out Attributes attributes));
            Assert.Equal(Halves * Half, attributes.Size);
        }
    }

    private bool Check(FileInode file, int first, int count)
    {
        int[] before = new int[count];
        for (int i = 0; i < count; i++)
        {
            before[i] = Volatile.Read(ref written[first + i]);
        }

        byte[] bytes = new byte[count * Half];
        Assert.Equal(Errno.None, file.Read(first * Half, bytes, out int read));
        Assert.Equal(bytes.Length, read);
        byte[] expected = new byte[Half];
        for (int i = 0; i < count; i++)
        {
            Span<byte> half = bytes.AsSpan(i * Half, Half);
            int number = first + i;
            if (number >= Zeroed && half.IndexOfAnyExcept((byte)0) < 0)
            {
                continue;
            }

            int version = BinaryPrimitives.ReadInt32LittleEndian(half[4..]);
            Make(expected, number, version);
            Assert.True(half.SequenceEqual(expected), $"half {number} is mixed");
            Assert.True(version >= before[i], $"half {number} is of version {version}, but {before[i]} was written");
        }

        return true;
    }

    private static void Make(Span<byte> half, int number, int version)
    {
        uint word = (uint)((number * 7919) + (version * 104729) + 1);
        for (int i = 0; i < half.Length; i += 4)
        {
            word = (word * 1664525) + 1013904223;
            BinaryPrimitives.WriteUInt32LittleEndian(half[i..], word);
        }

        BinaryPrimitives.WriteInt32LittleEndian(half, number);
        BinaryPrimitives.WriteInt32LittleEndian(half[4..], version);
    }

    private Thread Start(Action run)
    {
        var thread = new Thread(() =>
        {
            try
            {
                run();
            }
            catch (Exception failure)
            {
                lock (failures)
                {
                    failures.Add(failure);
                }
            }
        });
        thread.Start();
        return thread;
    }
}
