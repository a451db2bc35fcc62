using System.Text;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests;

/// <summary>Several threads at once: each knows what its own file must hold, all share directories, free space and commits.</summary>
public class ConcurrencyTests
{
    [Fact]
    public void ThreadsThatShareAVolumeDoNotMeetInEachOthersFiles()
    {
        using var image = new VolumeImage(new Mke2fs { BlockBytes = 1024, Bytes = 24 << 20 });
        Ext2Volume volume = image.Mount(new Ext2MountOptions { CacheBytes = 1 << 18 });
        DirectoryInode shared = (DirectoryInode)volume.Root.Create("shared"u8, new NewInode { Mode = ModeBits.Of(InodeKind.Directory, 0x1FF) }).Value;
        var failures = new List<Exception>();
        Thread[] threads = [.. Enumerable.Range(1, 4).Select(number => new Thread(() =>
        {
            try
            {
                Live(volume, shared, new Random(number), (byte)number);
            }
            catch (Exception found)
            {
                lock (failures)
                {
                    failures.Add(found);
                }
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "a thread hangs"));
        Assert.Empty(failures);
        shared.Release();
        VolumeImage.End(volume);
        image.AssertClean();
    }

    private static void Live(Ext2Volume volume, DirectoryInode shared, Random random, byte mark)
    {
        byte[] own = Encoding.ASCII.GetBytes($"own{mark}");
        var file = (FileInode)volume.Root.Create(own, new NewInode { Mode = ModeBits.Of(InodeKind.File, 0x1A4) }).Value;
        byte[] model = new byte[400_000];
        byte[] buffer = new byte[30_000];
        int size = 0;
        for (int round = 0; round < 250; round++)
        {
            int offset = random.Next(model.Length - buffer.Length);
            Span<byte> part = buffer.AsSpan(0, random.Next(1, buffer.Length));
            part.Fill(mark);
            Assert.Equal(Errno.None, file.Write(offset, part, out int written));
            Assert.Equal(part.Length, written);
            part.CopyTo(model.AsSpan(offset));
            size = Math.Max(size, offset + part.Length);
            if (random.Next(20) == 0)
            {
                Assert.Equal(Errno.None, file.SetSize(offset));
                model.AsSpan(offset, Math.Max(0, size - offset)).Clear();
                size = offset;
            }

            int from = random.Next(model.Length - buffer.Length);
            Assert.Equal(Errno.None, file.Read(from, buffer, out int read));
            Assert.Equal(Math.Clamp(size - from, 0, buffer.Length), read);
            Assert.True(buffer.AsSpan(0, read).SequenceEqual(model.AsSpan(from, read)), $"round {round}: other content near {from}");
            Share(volume, shared, random);
        }

        Assert.Equal(Errno.None, file.Sync(random.Next(2) == 0));
        file.Release();
    }

    // Whatever the others do at the same time, each answer is one that this call may have.
    private static void Share(Ext2Volume volume, DirectoryInode shared, Random random)
    {
        byte[] name = Encoding.ASCII.GetBytes($"name{random.Next(30)}");
        byte[] other = Encoding.ASCII.GetBytes($"name{random.Next(30)}");
        switch (random.Next(7))
        {
            case 0 or 1:
                Result<Inode> made = shared.Create(name, new NewInode { Mode = ModeBits.Of(InodeKind.File, 0x1A4) });
                Assert.True(made.Error is Errno.None or Errno.EEXIST, $"{made.Error}");
                if (made.Succeeded)
                {
                    Assert.Equal(Errno.None, ((FileInode)made.Value).Write(random.Next(5000), "shared"u8, out _));
                    made.Value.Release();
                }

                break;
            case 2:
                Errno error = shared.Unlink(name);
                Assert.True(error is Errno.None or Errno.ENOENT, $"{error}");
                break;
            case 3:
                error = shared.Rename(name, volume.Root, other, RenameFlags.None);
                Assert.True(error is Errno.None or Errno.ENOENT, $"{error}");
                break;
            case 4:
                error = volume.Root.Rename(name, shared, other, RenameFlags.None);
                Assert.True(error is Errno.None or Errno.ENOENT, $"{error}");
                break;
            case 5:
                Result<Inode> found = shared.Lookup(name);
                Assert.True(found.Error is Errno.None or Errno.ENOENT, $"{found.Error}");
                if (found.Succeeded)
                {
                    Assert.Equal(Errno.None, ((FileInode)found.Value).Read(0, new byte[100], out _));
                    found.Value.Release();
                }

                break;
            default:
                Assert.Equal(Errno.None, random.Next(10) == 0 ? volume.Sync() : volume.GetStatistics(out _));
                break;
        }
    }
}
