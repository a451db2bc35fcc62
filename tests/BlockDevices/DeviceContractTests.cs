using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices.Tests;

/// <summary>Every kind of device behaves as an array of bytes would.</summary>
public sealed class DeviceContractTests
{
    // Not a multiple of a page, so that the last page is cut short.
    private const int Length = (1 << 20) + 1536;

    public static TheoryData<string> Kinds => ["file", "memory", "range", "stream", "overlay", "recording", "failing"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void BehavesLikeAnArray(string kind)
    {
        using var scratch = new ScratchDirectory("devices");
        using BlockDevice device = Make(kind, scratch);
        byte[] model = new byte[Length];
        Assert.Equal(Length, device.Length);
        const int seed = 20261122;
        var random = new Random(seed);
        byte[] buffer = new byte[40_000];
        for (int step = 0; step < 400; step++)
        {
            int length = random.Next(buffer.Length);
            int offset = random.Next(Length - length + 1);
            string where = $"{kind}, seed {seed}, step {step}, {length} bytes at {offset}";
            switch (random.Next(4))
            {
                case 0:
                    Assert.True(device.WriteZeros(offset, length) == Errno.None, where);
                    model.AsSpan(offset, length).Clear();
                    break;
                case 1:
                    random.NextBytes(buffer);
                    Assert.True(device.Write(offset, buffer.AsSpan(0, length)) == Errno.None, where);
                    buffer.AsSpan(0, length).CopyTo(model.AsSpan(offset));
                    break;
                default:
                    device.WillRead(offset, length);
                    Assert.True(device.Read(offset, buffer.AsSpan(0, length)) == Errno.None, where);
                    Assert.True(buffer.AsSpan(0, length).SequenceEqual(model.AsSpan(offset, length)), where);
                    break;
            }
        }

        Assert.Equal(Errno.None, device.Flush());
        byte[] all = new byte[Length];
        Assert.Equal(Errno.None, device.Read(0, all));
        Assert.True(all.AsSpan().SequenceEqual(model), kind);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void NothingLiesBeyondTheEnd(string kind)
    {
        using var scratch = new ScratchDirectory("devices");
        using BlockDevice device = Make(kind, scratch);
        byte[] piece = new byte[512];
        Assert.Equal(Errno.None, device.Write(Length - 512, piece));
        foreach (long offset in new[] { -1L, Length - 511, Length, long.MaxValue - 100, long.MinValue })
        {
            Assert.Equal(Errno.EIO, device.Read(offset, piece));
            Assert.Equal(Errno.EIO, device.Write(offset, piece));
            Assert.Equal(Errno.EIO, device.WriteZeros(offset, piece.Length));
            device.WillRead(offset, piece.Length);
        }
    }

    [Fact]
    public void AnOverlayKeepsItsWritesToItself()
    {
        var below = new MemoryBlockDevice(100_000);
        Assert.Equal(Errno.None, below.Write(0, new byte[] { 1, 2, 3, 4, 5 }));
        using var overlay = new OverlayBlockDevice(below);
        Assert.False(overlay.HasChanges);
        Assert.Equal(Errno.None, overlay.Write(2, new byte[] { 9 }));
        Assert.True(overlay.HasChanges);
        byte[] seen = new byte[5];
        Assert.Equal(Errno.None, overlay.Read(0, seen));
        Assert.Equal(new byte[] { 1, 2, 9, 4, 5 }, seen);
        Assert.Equal(Errno.None, below.Read(0, seen));
        Assert.Equal(new byte[] { 1, 2, 3, 4, 5 }, seen);
    }

    [Fact]
    public void AReadOnlyViewRefusesEveryWrite()
    {
        using var view = new ReadOnlyBlockDevice(new MemoryBlockDevice(4096));
        Assert.True(view.IsReadOnly);
        Assert.Equal(Errno.EROFS, view.Write(0, new byte[1]));
        Assert.Equal(Errno.EROFS, view.WriteZeros(0, 1));
        Assert.Equal(Errno.EROFS, view.Discard(0, 1));
        Assert.Equal(Errno.None, view.Read(0, new byte[1]));
    }

    [Fact]
    public void OnlyTheCallThatWasChosenFails()
    {
        using var device = new FailingBlockDevice(new MemoryBlockDevice(4096));
        device.Arm(DeviceOperation.Write, 2, Errno.ENOSPC);
        device.Arm(DeviceOperation.Flush, 1, Errno.EIO, forEver: true);
        Assert.Equal([Errno.None, Errno.ENOSPC, Errno.None], Enumerable.Range(0, 3).Select(_ => device.Write(0, new byte[1])));
        Assert.Equal([Errno.EIO, Errno.EIO], Enumerable.Range(0, 2).Select(_ => device.Flush()));
        Assert.Equal(Errno.None, device.Read(0, new byte[1]));
        Assert.Equal(3, device.Failures);
        Assert.Equal(3, device.Count(DeviceOperation.Write));
    }

    [Fact]
    public void MemoryIsTakenOnlyForWhatIsWritten()
    {
        using var device = new MemoryBlockDevice(1L << 42);
        Assert.Equal(Errno.None, device.Write(1L << 41, new byte[1000]));
        Assert.Equal(4096, device.AllocatedBytes);
        Assert.Equal(Errno.None, device.WriteZeros(0, 1L << 42));
        Assert.Equal(0, device.AllocatedBytes);
    }

    [Fact]
    public void AStreamsFailureBecomesAnError()
    {
        using var device = new StreamBlockDevice(new BrokenStream(), "broken");
        Assert.Equal(Errno.EIO, device.Read(0, new byte[10]));
        Assert.Equal(Errno.EIO, device.Write(0, new byte[10]));
        Assert.Equal(Errno.EIO, device.Flush());
    }

    private static BlockDevice Make(string kind, ScratchDirectory scratch)
    {
        switch (kind)
        {
            case "file":
                Assert.True(FileBlockDevice.TryCreate(scratch["image"], Length, out FileBlockDevice? file, out OpenRefusal? refusal), refusal?.Message);
                return file;
            case "range": return new RangeBlockDevice(new MemoryBlockDevice(Length + 10_000), 5_000, Length);
            case "stream": return new StreamBlockDevice(new MemoryStream(new byte[Length]), "stream");
            case "overlay": return new OverlayBlockDevice(new MemoryBlockDevice(Length));
            case "recording": return new RecordingBlockDevice(new MemoryBlockDevice(Length));
            case "failing": return new FailingBlockDevice(new MemoryBlockDevice(Length));
            default: return new MemoryBlockDevice(Length);
        }
    }

    private sealed class BrokenStream : MemoryStream
    {
        public BrokenStream()
            : base(new byte[100])
        {
        }

        public override int Read(Span<byte> buffer) => throw new IOException("broken");

        public override int Read(byte[] buffer, int offset, int count) => throw new IOException("broken");

        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("broken");

        public override void Flush() => throw new IOException("broken");
    }
}
