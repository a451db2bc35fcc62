using Ext2Union.BlockDevices.Undo;
using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices.Tests;

/// <summary>
/// The plug is pulled after every write, with what was not flushed torn or lost: the undo file gives the device back as it was. Device and undo file
/// lie behind one recorder, so that the order between the two is what is tested.
/// </summary>
public sealed class UndoTests
{
    private const long DeviceBytes = 400_000;
    private const long StorageBytes = 2 << 20;

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public void EveryInterruptedWriterCanBeUndone(int seed, bool isPowerFailure)
    {
        using MemoryBlockDevice start = Filled(seed);
        using RecordingBlockDevice recording = Written(start, seed);
        byte[] original = Content(start);
        var random = new Random(seed);
        for (int count = 0; count <= recording.Count; count++)
        {
            using MemoryBlockDevice left = start.Clone();
            Assert.Equal(Errno.None, isPowerFailure ? recording.ReplayCrash(left, count, random) : recording.ReplayPrefix(left, count));
            string what = $"seed {seed}, {count} of {recording.Count} operations";
            if (UndoFile.TryOpen(StorageOf(left), out UndoFile? file, out _))
            {
                Assert.True(file.Objection(DeviceOf(left)) is null, $"{what}: {file.Objection(DeviceOf(left))}");
                Assert.Equal(Errno.None, file.Undo(DeviceOf(left)));
            }

            Assert.True(Content(left).AsSpan().SequenceEqual(original), what);
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void AnUndoThatWasCutOffIsRepeated(int seed)
    {
        using MemoryBlockDevice start = Filled(seed);
        using RecordingBlockDevice writing = Written(start, seed);
        using MemoryBlockDevice written = start.Clone();
        Assert.Equal(Errno.None, writing.ReplayPrefix(written, writing.Count));
        using var undoing = new RecordingBlockDevice(written.Clone());
        Assert.Null(UndoOn(undoing));
        var random = new Random(seed);
        for (int count = 0; count <= undoing.Count; count++)
        {
            using MemoryBlockDevice left = written.Clone();
            Assert.Equal(Errno.None, undoing.ReplayCrash(left, count, random));
            Assert.True(UndoOn(left) is null or "was undone already", $"seed {seed}, {count} of {undoing.Count} operations: {UndoOn(left)}");
            Assert.True(Content(left).AsSpan().SequenceEqual(Content(start)), $"seed {seed}, {count} of {undoing.Count} operations");
        }
    }

    [Fact]
    public void AVolumeThatWasChangedSinceIsNotTouched()
    {
        using MemoryBlockDevice start = Filled(7);
        using RecordingBlockDevice recording = Written(start, 7);
        foreach ((long place, string objection) in ((long, string)[])[(1024 + 58, "is for another volume, or the volume was used since"), (2100, "is for a volume that was changed since")])
        {
            using MemoryBlockDevice left = start.Clone();
            Assert.Equal(Errno.None, recording.ReplayPrefix(left, recording.Count));
            Assert.Equal(Errno.None, left.Write(place, [0xA5, 0x5A, 0xA5]));
            byte[] before = Content(left);
            Assert.Equal(objection, UndoOn(left));
            Assert.True(Content(left).AsSpan().SequenceEqual(before));
        }
    }

    [Fact]
    public void ADeviceOfAnotherLengthIsNotTouched()
    {
        using MemoryBlockDevice start = Filled(8);
        using RecordingBlockDevice recording = Written(start, 8);
        using MemoryBlockDevice left = start.Clone();
        Assert.Equal(Errno.None, recording.ReplayPrefix(left, recording.Count));
        Assert.True(UndoFile.TryOpen(StorageOf(left), out UndoFile? file, out _));
        Assert.Equal("is for a volume on 400000 bytes, not 400001", file.Objection(new RangeBlockDevice(left, 0, DeviceBytes + 1)));
    }

    [Fact]
    public void AFileThatIsCutShortOrDamagedIsRefused()
    {
        using MemoryBlockDevice start = Filled(9);
        using RecordingBlockDevice recording = Written(start, 9);
        using MemoryBlockDevice written = start.Clone();
        Assert.Equal(Errno.None, recording.ReplayPrefix(written, recording.Count));
        long end = EndOf(written);
        Assert.True(UndoFile.TryOpen(new RangeBlockDevice(written.Clone(), DeviceBytes, end), out _, out _));
        for (long length = 1; length < end; length += 4001)
        {
            Assert.False(UndoFile.TryOpen(new RangeBlockDevice(written.Clone(), DeviceBytes, length), out _, out string fault), $"cut at {length}");
            Assert.True(fault is "is cut short; what is missing cannot be undone" or "is no undo file of fsck.ext2u", fault);
        }

        var random = new Random(9);
        for (int time = 0; time < 200; time++)
        {
            using MemoryBlockDevice damaged = written.Clone();
            long place = DeviceBytes + 4096 + random.NextInt64(end - 4096);
            byte[] one = new byte[1];
            Assert.Equal(Errno.None, damaged.Read(place, one));
            Assert.Equal(Errno.None, damaged.Write(place, [(byte)(one[0] ^ 0x10)]));
            string? answer = UndoOn(damaged);
            // A bit of the padding behind a record means nothing.
            Assert.True(answer?.StartsWith("is damaged", StringComparison.Ordinal) ?? Content(damaged).AsSpan().SequenceEqual(Content(start)), answer);
        }
    }

    [Fact]
    public void WhatCannotBeKeptIsNotOverwritten()
    {
        using MemoryBlockDevice start = Filled(10);
        for (int number = 1; number < 18; number += 2)
        {
            using MemoryBlockDevice device = start.Clone();
            using var storage = new FailingBlockDevice(new MemoryBlockDevice(StorageBytes));
            Assert.True(UndoLog.Create(storage, device).TryGet(out UndoLog? log, out _));
            storage.Arm(DeviceOperation.Write, number, Errno.ENOSPC, forEver: true);
            Write(new UndoBlockDevice(device, log), 10);
            Assert.Equal(Errno.ENOSPC, log.Failure);
            storage.Arm(DeviceOperation.Write, 0, Errno.None);
            Assert.True(UndoFile.TryOpen(storage, out UndoFile? file, out string fault), fault);
            Assert.Null(file.Objection(device));
            Assert.Equal(Errno.None, file.Undo(device));
            Assert.True(Content(device).AsSpan().SequenceEqual(Content(start)), $"storage full at write {number}");
        }
    }

    private static string? UndoOn(BlockDevice both)
    {
        if (!UndoFile.TryOpen(StorageOf(both), out UndoFile? file, out string fault))
        {
            return fault;
        }

        string? objection = file.Objection(DeviceOf(both));
        Assert.Equal(Errno.None, objection is null ? file.Undo(DeviceOf(both)) : Errno.None);
        return objection;
    }

    private static MemoryBlockDevice Filled(int seed)
    {
        var both = new MemoryBlockDevice(DeviceBytes + StorageBytes);
        byte[] content = new byte[DeviceBytes];
        new Random(seed).NextBytes(content);
        // A hole, for zeros are kept without their bytes.
        content.AsSpan(100_000, 120_000).Clear();
        Assert.Equal(Errno.None, both.Write(0, content));
        return both;
    }

    private static RecordingBlockDevice Written(MemoryBlockDevice start, int seed)
    {
        var recording = new RecordingBlockDevice(start.Clone());
        BlockDevice device = DeviceOf(recording);
        Assert.True(UndoLog.Create(StorageOf(recording), device).TryGet(out UndoLog? log, out _));
        Write(new UndoBlockDevice(device, log), seed);
        Assert.Equal(Errno.None, log.Finish());
        Assert.True(log.HasRanges);
        return recording;
    }

    private static void Write(UndoBlockDevice device, int seed)
    {
        var random = new Random(seed);
        byte[] data = new byte[5000];
        for (int time = 0; time < 12; time++)
        {
            random.NextBytes(data);
            long offset = random.NextInt64(DeviceBytes - data.Length);
            _ = time % 4 == 3 ? device.WriteZeros(offset, data.Length) : device.Write(offset, data.AsSpan(0, random.Next(1, data.Length)));
            // The superblock is written several times, as a check does it.
            _ = time % 3 == 0 ? device.Write(1024, data.AsSpan(0, 1024)) : Errno.None;
            _ = time % 5 == 0 ? device.Flush() : Errno.None;
        }
    }

    private static RangeBlockDevice DeviceOf(BlockDevice both) => new(both, 0, DeviceBytes);

    private static RangeBlockDevice StorageOf(BlockDevice both) => new(both, DeviceBytes, StorageBytes);

    private static byte[] Content(MemoryBlockDevice both)
    {
        byte[] content = new byte[DeviceBytes];
        Assert.Equal(Errno.None, both.Read(0, content));
        return content;
    }

    // The end that the newer slot names, at the place docs/FSCK.md gives it.
    private static long EndOf(MemoryBlockDevice both)
    {
        byte[] slots = new byte[1024];
        Assert.Equal(Errno.None, both.Read(DeviceBytes, slots));
        return Math.Max(BitConverter.ToInt64(slots, 32), BitConverter.ToInt64(slots, 512 + 32));
    }
}
