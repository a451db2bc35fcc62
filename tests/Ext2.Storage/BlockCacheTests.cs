using Ext2Union.BlockDevices;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Storage.Tests;

public class BlockCacheTests
{
    private const int BlockBytes = 1024;
    private const int BlockCount = 2000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void BlocksHoldWhatWasPutThereThroughEvictionAndWriteBack(int seed)
    {
        var random = new Random(seed);
        using var device = new MemoryBlockDevice(BlockCount * BlockBytes);
        byte[] model = new byte[BlockCount];
        using var cache = new BlockCache(device, BlockBytes, 64 * BlockBytes);
        for (int round = 0; round < 20_000; round++)
        {
            var block = new BlockNumber((uint)random.Next(BlockCount));
            if (cache.IsPressed)
            {
                Assert.Equal(Errno.None, cache.WriteBack(random.Next(2) == 0));
                Assert.Equal(0, cache.DirtyCount);
            }

            switch (random.Next(12))
            {
                case 0:
                    cache.ReadAhead(block, random.Next(1, (int)(BlockCount - block.Value) + 1));
                    break;
                case 1:
                    using (BlockLease created = cache.Create(block))
                    {
                        Assert.True(created.Bytes.IndexOfAnyExcept((byte)0) < 0);
                        created.MarkDirty(WriteStage.Referenced);
                        model[block.Value] = 0;
                    }

                    break;
                default:
                    using (BlockLease lease = cache.Read(block))
                    {
                        Assert.Equal(block, lease.Block);
                        Assert.True(lease.Bytes.IndexOfAnyExcept(model[block.Value]) < 0, $"seed {seed}, round {round}: block {block}");
                        if (random.Next(3) == 0)
                        {
                            lease.Bytes.Fill(++model[block.Value]);
                            lease.MarkDirty((WriteStage)random.Next(3));
                        }
                    }

                    break;
            }
        }

        Assert.Equal(Errno.None, cache.WriteBack(true));
        Assert.InRange(cache.MemoryBytes, 1, 1 << 20);
        byte[] bytes = new byte[BlockBytes];
        for (int i = 0; i < BlockCount; i++)
        {
            Assert.Equal(Errno.None, device.Read(i * BlockBytes, bytes));
            Assert.Equal(-1, bytes.AsSpan().IndexOfAnyExcept(model[i]));
        }
    }

    [Fact]
    public void StagesAreWrittenInOrderWithBarriersBetweenThemAndNeighboursInOneWrite()
    {
        using var device = new RecordingBlockDevice(new MemoryBlockDevice(BlockCount * BlockBytes));
        using var cache = new BlockCache(device, BlockBytes);
        Dirty(cache, 9, WriteStage.Names);
        Dirty(cache, 21, WriteStage.Inodes);
        Dirty(cache, 20, WriteStage.Inodes);
        Dirty(cache, 4, WriteStage.Referenced);
        cache.NoteData();
        Assert.Equal(Errno.None, cache.WriteBack(true));
        Assert.Equal(["write 4 1", "flush", "write 20 2", "flush", "write 9 1", "flush"], Log(device));
    }

    [Fact]
    public void ABarrierStandsOnlyWhereSomethingLiesOnBothSides()
    {
        using var device = new RecordingBlockDevice(new MemoryBlockDevice(BlockCount * BlockBytes));
        using var cache = new BlockCache(device, BlockBytes);
        Dirty(cache, 21, WriteStage.Inodes);
        Assert.Equal(Errno.None, cache.WriteBack(true));
        Assert.Equal(Errno.None, cache.WriteBack(true));
        Assert.Equal(["write 21 1", "flush"], Log(device));
    }

    [Fact]
    public void OneNameIsWrittenBeforeAnotherAndACircleEndsTheEpoch()
    {
        using var device = new RecordingBlockDevice(new MemoryBlockDevice(BlockCount * BlockBytes));
        using var cache = new BlockCache(device, BlockBytes);
        Order(cache, 30, 10);
        Order(cache, 10, 20);
        Order(cache, 30, 10);
        Assert.Empty(Log(device));

        // 10 was to precede 20: what stands there now goes out before 20 may be demanded first.
        Order(cache, 20, 10);
        Assert.Equal(["write 30 1", "flush", "write 10 1", "flush", "write 20 1"], Log(device));
        Assert.Equal(Errno.None, cache.WriteBack(true));
        Assert.Equal(["flush", "write 20 1", "flush", "write 10 1", "flush"], Log(device)[5..]);
    }

    [Fact]
    public void DemandsOfAllKindsNeverBreakTheirOrder()
    {
        for (int seed = 0; seed < 8; seed++)
        {
            var random = new Random(seed);
            using var device = new RecordingBlockDevice(new MemoryBlockDevice(BlockCount * BlockBytes));
            using var cache = new BlockCache(device, BlockBytes);

            // Every change of a pair bumps both: on the device the first of a pair must never lag behind the second.
            var pairs = new List<(uint First, uint Then, byte Stamp)>();
            byte[] values = new byte[16];
            for (byte stamp = 1; stamp < 60; stamp++)
            {
                uint first = (uint)random.Next(16);
                uint then = (uint)random.Next(16);
                if (first == then)
                {
                    continue;
                }

                using BlockLease a = cache.Read(new BlockNumber(first));
                using BlockLease b = cache.Read(new BlockNumber(then));
                Assert.Equal(Errno.None, cache.Order(a, b));
                a.Bytes[stamp] = 1;
                b.Bytes[stamp] = 1;
                a.MarkDirty(WriteStage.Names);
                b.MarkDirty(WriteStage.Names);
                pairs.Add((first, then, stamp));
            }

            Assert.Equal(Errno.None, cache.WriteBack(true));
            for (int count = 0; count <= device.Count; count++)
            {
                using var state = new MemoryBlockDevice(BlockCount * BlockBytes);
                Assert.Equal(Errno.None, device.ReplayCrash(state, count, new Random(seed + count)));
                foreach ((uint first, uint then, byte stamp) in pairs)
                {
                    Assert.False(ByteAt(state, then, stamp) == 1 && ByteAt(state, first, stamp) == 0, $"seed {seed}, crash at {count}: {first} before {then}");
                }
            }
        }
    }

    [Fact]
    public void AForgottenBlockIsNeverWritten()
    {
        using var device = new RecordingBlockDevice(new MemoryBlockDevice(BlockCount * BlockBytes));
        using var cache = new BlockCache(device, BlockBytes);
        Dirty(cache, 5, WriteStage.Names);
        cache.Forget(new BlockNumber(5));
        Assert.Equal(0, cache.DirtyCount);
        Assert.Equal(Errno.None, cache.WriteBack(true));
        Assert.Empty(Log(device));
    }

    [Fact]
    public void AFailedWriteStaysDirtyAndHoldsBackWhatComesAfterIt()
    {
        var memory = new MemoryBlockDevice(BlockCount * BlockBytes);
        using var device = new FailingBlockDevice(memory);
        using var cache = new BlockCache(device, BlockBytes);
        Dirty(cache, 5, WriteStage.Inodes);
        Dirty(cache, 6, WriteStage.Names);
        device.Arm(DeviceOperation.Write, 1, Errno.EIO);
        Assert.Equal(Errno.EIO, cache.WriteBack(true));
        Assert.Equal(2, cache.DirtyCount);
        Assert.Equal(0, ByteAt(memory, 6, 0));
        Assert.Equal(Errno.None, cache.WriteBack(true));
        Assert.Equal(0, cache.DirtyCount);
        Assert.Equal(0xAA, ByteAt(memory, 6, 0));
        device.Arm(DeviceOperation.Read, 1, Errno.EIO);
        using (BlockLease failed = cache.Read(new BlockNumber(100)))
        {
            Assert.Equal(Errno.EIO, failed.Error);
        }

        using BlockLease again = cache.Read(new BlockNumber(100));
        Assert.Equal(Errno.None, again.Error);
    }

    [Fact]
    public void AFailedBarrierIsAskedForAgain()
    {
        using var device = new FailingBlockDevice(new MemoryBlockDevice(BlockCount * BlockBytes));
        using var cache = new BlockCache(device, BlockBytes);
        Dirty(cache, 5, WriteStage.Inodes);
        device.Arm(DeviceOperation.Flush, 1, Errno.EIO);
        Assert.Equal(Errno.EIO, cache.WriteBack(true));
        Assert.Equal(Errno.None, cache.WriteBack(true));
        Assert.Equal(2, device.Count(DeviceOperation.Flush));
    }

    [Fact]
    public void ManyDirtyBlocksOfOneOperationDoNotStopIt()
    {
        using var device = new MemoryBlockDevice(BlockCount * BlockBytes);
        using var cache = new BlockCache(device, BlockBytes, 64 * BlockBytes);
        for (uint block = 0; block < 1000; block++)
        {
            Dirty(cache, block, WriteStage.Referenced);
        }

        Assert.True(cache.IsPressed);
        Assert.Equal(Errno.None, cache.WriteBack(false));
        Assert.False(cache.IsPressed);
    }

    [Fact]
    public void TakingABlockMakesNoGarbage()
    {
        using var device = new MemoryBlockDevice(BlockCount * BlockBytes);
        using var cache = new BlockCache(device, BlockBytes);
        Touch(cache, 1000);
        Assert.Equal(Errno.None, cache.WriteBack(false));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Touch(cache, 1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Touch(BlockCache cache, int rounds)
        {
            for (int round = 0; round < rounds; round++)
            {
                using BlockLease lease = cache.Read(new BlockNumber((uint)round % 50));
                lease.MarkDirty(WriteStage.Inodes);
            }
        }
    }

    private static void Dirty(BlockCache cache, uint block, WriteStage stage)
    {
        using BlockLease lease = cache.Read(new BlockNumber(block));
        lease.Bytes.Fill(0xAA);
        lease.MarkDirty(stage);
    }

    private static void Order(BlockCache cache, uint first, uint then)
    {
        using BlockLease a = cache.Read(new BlockNumber(first));
        using BlockLease b = cache.Read(new BlockNumber(then));
        Assert.Equal(Errno.None, cache.Order(a, b));
    }

    private static byte ByteAt(MemoryBlockDevice device, uint block, int index)
    {
        byte[] one = new byte[1];
        Assert.Equal(Errno.None, device.Read((block * BlockBytes) + index, one));
        return one[0];
    }

    private static string[] Log(RecordingBlockDevice device) =>
        [.. device.Log().Select(operation => operation.Operation == DeviceOperation.Flush
            ? "flush" : $"write {operation.Offset / BlockBytes} {operation.Length / BlockBytes}")];
}
