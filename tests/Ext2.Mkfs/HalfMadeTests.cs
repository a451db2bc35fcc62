using System.Buffers.Binary;
using Ext2Union.BlockDevices;
using Ext2Union.HostDirectory;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs.Tests;

/// <summary>
/// A device that fails at any one of its writes: what is left is the old volume, or no volume. No superblock is anywhere then, neither the new one nor one of the old,
/// whose backups a check would take and make the old volume of what is half the new one.
/// </summary>
public sealed class HalfMadeTests
{
    private const int SuperblockBytes = 1024;
    private const long Length = 20 << 20;

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "")]
    [InlineData(false, "^sparse_super,^resize_inode")]
    public void AFailedWriteLeavesTheOldVolumeOrNone(bool isFilled, string oldFeatures)
    {
        using var scratch = ScratchDirectory.InMemory("half");
        File.WriteAllText(Path.Combine(scratch.Folder("tree"), "file"), "text");
        File.WriteAllBytes(Path.Combine(scratch.Folder("tree/sub"), "larger"), new byte[100_000]);
        new Mke2fs { Bytes = Length, BlockBytes = 1024, Features = oldFeatures }.Make(scratch["old"]);
        byte[] old = File.ReadAllBytes(scratch["old"]);
        Assert.True(Superblocks(old).Count() > 1);
        byte[] whole = new byte[Length];
        Assert.Null(Make(scratch, old, DeviceOperation.Write, 0, isFilled, whole));
        long judged = 0, states = 0;
        foreach (DeviceOperation operation in new[] { DeviceOperation.Write, DeviceOperation.WriteZeros, DeviceOperation.Flush })
        {
            byte[] left = new byte[Length];
            for (int number = 1; Make(scratch, old, operation, number, isFilled, left) is { } fault; number++)
            {
                string where = $"{operation} {number}: {fault.Message}";
                Assert.Equal(Errno.EIO, fault.Error);
                states++;
                long[] found = [.. Superblocks(left)];
                if (found.Length == 0)
                {
                    judged += states % 7 == 0 && judged < 3 ? Judge(scratch, left, where) : 0;
                }
                else if (found[0] == SuperblockBytes && left.AsSpan(SuperblockBytes, SuperblockBytes).SequenceEqual(old.AsSpan(SuperblockBytes, SuperblockBytes)))
                {
                    // Nothing of the old volume but backups was touched.
                    Assert.True(SameBut(left, old, [.. Superblocks(old)]), where);
                }
                else
                {
                    // The superblocks are all that is written when everything else is there, the backups first.
                    Assert.True(SameBut(left, whole, [.. Superblocks(whole)]), where);
                    Assert.True(operation == DeviceOperation.Flush || found[0] != SuperblockBytes, where);
                }
            }
        }

        Assert.Equal(3, judged);
        Assert.InRange(states, 20, 1000);
    }

    private static FormatFault? Make(ScratchDirectory scratch, byte[] old, DeviceOperation operation, int failAt, bool isFilled, byte[] left)
    {
        var memory = new MemoryBlockDevice(Length);
        Assert.Equal(Errno.None, memory.Write(0, old));
        var device = new FailingBlockDevice(memory);
        device.Arm(operation, failAt, Errno.EIO, forEver: true);
        var options = new FormatOptions { BlockBytes = 1024, Discard = false, Time = 1_700_000_000, VolumeId = Guid.Empty, HashSeed = Guid.Empty, BlocksPerGroup = 4096 };
        Assert.True(FormatPlan.TryCreate(options, Length, out FormatPlan? plan, out FormatFault? fault), fault?.Message);
        if (isFilled)
        {
            Assert.True(HostFileSystem.Open(scratch["tree"]).TryGet(out HostFileSystem source, out Errno error), $"{error}");
            using (source)
            {
                fault = Formatter.Format(device, plan, volume => VolumePopulation.Run(volume, source, new PopulateOptions { LatestTime = 1_700_000_000 }), null);
            }
        }
        else
        {
            fault = Formatter.Format(device, plan);
        }

        Assert.Equal(Errno.None, memory.Read(0, left));
        return fault;
    }

    // Everything that tells whether there is a volume says that there is none.
    private static int Judge(ScratchDirectory scratch, byte[] left, string where)
    {
        File.WriteAllBytes(scratch["left"], left);
        ProcessResult stock = ProcessRunner.Run("/sbin/e2fsck", "-fn", scratch["left"]);
        Assert.True(stock.ExitCode == 8, where + stock);
        ProcessResult probe = ProcessRunner.Run("/sbin/blkid", "-p", scratch["left"]);
        Assert.True(probe.ExitCode == 2, where + probe);
        ProcessResult ours = ProcessRunner.Run(Repository.Tool("fsck.ext2u"), "-fn", scratch["left"]);
        Assert.True(ours.ExitCode == 8, where + ours);
        return 1;
    }

    // Every superblock that lies where a block may begin.
    private static IEnumerable<long> Superblocks(byte[] image)
    {
        for (int offset = SuperblockBytes; offset < image.Length; offset += SuperblockBytes)
        {
            if (BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(offset + 56)) == 0xEF53 && image[offset + 24] <= 6)
            {
                yield return offset;
            }
        }
    }

    private static bool SameBut(byte[] left, byte[] right, long[] superblocks)
    {
        long start = 0;
        foreach (long offset in superblocks.Append(Length))
        {
            if (!left.AsSpan((int)start, (int)(offset - start)).SequenceEqual(right.AsSpan((int)start, (int)(offset - start))))
            {
                return false;
            }

            start = Math.Min(offset + SuperblockBytes, Length);
        }

        return true;
    }
}
