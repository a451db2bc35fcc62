using System.Runtime.InteropServices;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Scale;

/// <summary>A volume and a file of sizes where 32-bit arithmetic ends.</summary>
public sealed class LargeVolumeTests
{
    private const long GiB = 1L << 30;
    private const int MiB = 1 << 20;

    [Fact]
    public void TebibyteVolumeHoldsAFilePastFourGibibytes()
    {
        Need.Root();
        Need.Fuse();
        using var scratch = new ScratchDirectory("tebibyte");
        string image = scratch["image"];
        Ext2uTools.Mkfs(image, "1t", "-N", "100000");

        // Around every border: direct, indirect, double and triple indirect blocks, 2 GiB, 4 GiB, and far behind.
        long[] places = [0, 11 * 4096, 12 * 4096, 1036 * 4096L - 10, (2 * GiB) - 5, (4 * GiB) - 5, (4 * GiB) + 4096, (4 * GiB) + (1036 * 4096L), 6 * GiB, 100 * GiB];
        byte[] data = new byte[70_000];
        new Random(7).NextBytes(data);
        using (MountedExt2u mount = Ext2uTools.Mount(image, scratch["mount"]))
        {
            byte[] path = PathBytes.Of(Path.Combine(mount.FullPath, "large"));
            foreach (long place in places)
            {
                Assert.Equal(Errno.None, Posix.Write(path, Posix.OpenFlags.Write | Posix.OpenFlags.Create, place, data));
            }

            ProcessRunner.Bash($"dd if=/dev/zero of={mount.FullPath}/large bs=1M seek=4090 count=64 conv=notrunc status=none");
            Verify(path, places, data);
            Assert.InRange(mount.AnonymousKilobytes(), 1, 150_000);
            mount.Unmount();
        }

        using (MountedExt2u again = Ext2uTools.Mount(image, scratch["mount"]))
        {
            Verify(PathBytes.Of(Path.Combine(again.FullPath, "large")), places, data);
            again.Unmount();
        }

        _ = Ext2uTools.Fsck("-f", "-n", image).OrFail();
    }

    /// <summary>Every block of it is written: what the kernel and stock e2fsck then find is not a hole.</summary>
    [Fact]
    public void FileIsWrittenInFullPastFourGibibytes()
    {
        Need.LoopDevices();
        Need.Fuse();
        using var scratch = new ScratchDirectory("full");
        Need.FreeSpace(scratch.FullPath, 12 * GiB);
        string image = scratch["image"];
        Ext2uTools.Mkfs(image, "1t", "-N", "100000");
        const long Length = (4 * GiB) + (GiB / 2);
        using (MountedExt2u mount = Ext2uTools.Mount(image, scratch["mount"]))
        {
            Assert.True(Posix.Open(PathBytes.Of(Path.Combine(mount.FullPath, "full")), Posix.OpenFlags.Write | Posix.OpenFlags.Create).TryGet(out Posix.OpenFile file, out _));
            using (file)
            {
                for (long offset = 0; offset < Length; offset += MiB)
                {
                    Assert.Equal(Errno.None, file.Write(offset, Chunk(offset)));
                }
            }

            mount.Unmount();
        }

        E2fsck.AssertClean(image);
        using var kernel = new LoopMount(image, scratch["kernel"]);
        byte[] path = PathBytes.Of(Path.Combine(kernel.FullPath, "full"));
        Attributes attributes = Posix.Stat(path).Value;
        Assert.Equal(Length, attributes.Size);
        Assert.InRange(attributes.Blocks, Length / 512, (Length / 512) + (Length / 512 / 500));
        Assert.True(Posix.Open(path, Posix.OpenFlags.Read).TryGet(out Posix.OpenFile read, out _));
        using (read)
        {
            byte[] found = new byte[MiB];
            foreach (long offset in (long[])[0, 4 * MiB, GiB, (2 * GiB) - MiB, 2 * GiB, (4 * GiB) - MiB, 4 * GiB, (4 * GiB) + (4 * MiB), Length - MiB])
            {
                Assert.Equal(MiB, read.Read(offset, found).Value);
                Assert.True(found.AsSpan().SequenceEqual(Chunk(offset)), $"the megabyte at {offset} is not what was written");
            }
        }
    }

    // No two megabytes are alike, and no word is zero.
    private static byte[] Chunk(long offset)
    {
        byte[] chunk = new byte[MiB];
        MemoryMarshal.Cast<byte, long>(chunk.AsSpan()).Fill(~offset);
        return chunk;
    }

    private static void Verify(byte[] path, long[] places, byte[] data)
    {
        Assert.True(Posix.Stat(path).TryGet(out Attributes attributes, out _));
        Assert.Equal(places[^1] + data.Length, attributes.Size);
        Assert.True(Posix.Open(path, Posix.OpenFlags.Read).TryGet(out Posix.OpenFile file, out _));
        using (file)
        {
            byte[] read = new byte[data.Length];
            // The places before and behind the 64 MiB of zeros that were written across 4 GiB.
            foreach (long place in places.Where(place => place is < 4090L << 20 or > 4154L << 20))
            {
                Assert.Equal(data.Length, file.Read(place, read).Value);
                int same = data.AsSpan().CommonPrefixLength(read);
                bool overwritten = places.Any(later => later > place && later < place + data.Length);
                Assert.True(overwritten || same == data.Length, $"at {place} + {same}");
            }
        }
    }
}
