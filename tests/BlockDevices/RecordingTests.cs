using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices.Tests;

/// <summary>The states of a crash that are built from a record are those a disk could be in.</summary>
public sealed class RecordingTests
{
    [Fact]
    public void APrefixIsWhatWasWrittenSoFar()
    {
        using RecordingBlockDevice device = Record();
        Assert.Equal(5, device.Count);
        Assert.Equal([0, 0, 0, 0], FirstBytes(device, start => device.ReplayPrefix(start, 0)));
        Assert.Equal([1, 0, 0, 0], FirstBytes(device, start => device.ReplayPrefix(start, 1)));
        Assert.Equal([1, 2, 0, 0], FirstBytes(device, start => device.ReplayPrefix(start, 3)));
        Assert.Equal([0, 2, 0, 4], FirstBytes(device, start => device.ReplayPrefix(start, 5)));
    }

    [Fact]
    public void WhatWasFlushedIsThereWhateverElseIsLost()
    {
        using RecordingBlockDevice device = Record();
        var seen = new HashSet<string>();
        for (int seed = 0; seed < 64; seed++)
        {
            byte[] bytes = FirstBytes(device, start => device.ReplayCrash(start, 5, new Random(seed)));
            Assert.True(bytes[1] == 2, $"seed {seed}");
            _ = seen.Add(string.Join(' ', bytes));
        }

        // Each of the two writes behind the flush made it or not.
        Assert.Equal(["0 2 0 0", "0 2 0 4", "1 2 0 0", "1 2 0 4"], seen.Order());
    }

    [Fact]
    public void AWriteIsTornAtSectors()
    {
        using var device = new RecordingBlockDevice(new MemoryBlockDevice(8192));
        byte[] data = new byte[4096];
        Array.Fill(data, (byte)7);
        Assert.Equal(Errno.None, device.Write(0, data));
        bool wasTorn = false;
        for (int seed = 0; seed < 64; seed++)
        {
            var state = new MemoryBlockDevice(8192);
            Assert.Equal(Errno.None, device.ReplayCrash(state, 1, new Random(seed)));
            byte[] bytes = new byte[4096];
            Assert.Equal(Errno.None, state.Read(0, bytes));
            bool[] sectors = [.. bytes.Chunk(512).Select(sector => sector[0] == 7)];
            Assert.All(bytes.Chunk(512), sector => Assert.True(sector.All(value => value == sector[0]), $"seed {seed}"));
            wasTorn |= sectors.Contains(true) && sectors.Contains(false);
        }

        Assert.True(wasTorn);
    }

    // Four sectors: 1 and 2 are written and flushed; then 1 is zeroed and 4 written.
    private static RecordingBlockDevice Record()
    {
        var device = new RecordingBlockDevice(new MemoryBlockDevice(4096));
        Assert.Equal(Errno.None, device.Write(0, new byte[] { 1 }));
        Assert.Equal(Errno.None, device.Write(512, new byte[] { 2 }));
        Assert.Equal(Errno.None, device.Flush());
        Assert.Equal(Errno.None, device.WriteZeros(0, 512));
        Assert.Equal(Errno.None, device.Write(1536, new byte[] { 4 }));
        return device;
    }

    private static byte[] FirstBytes(RecordingBlockDevice device, Func<BlockDevice, Errno> replay)
    {
        var state = new MemoryBlockDevice(device.Length);
        Assert.Equal(Errno.None, replay(state));
        byte[] bytes = new byte[4096];
        Assert.Equal(Errno.None, state.Read(0, bytes));
        return [bytes[0], bytes[512], bytes[1024], bytes[1536]];
    }
}
