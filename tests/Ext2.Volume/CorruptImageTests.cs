using System.Diagnostics;
using Ext2Union.BlockDevices;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests;

/// <summary>Damaged volumes, mounted, walked and written to: anything may be refused, nothing may throw, hang, or eat memory.</summary>
public class CorruptImageTests
{
    private const int ImageBytes = 2 << 20;

    // More for a long run: EXT2U_MUTATIONS=2000.
    private static readonly int Mutations = int.TryParse(Environment.GetEnvironmentVariable("EXT2U_MUTATIONS"), out int count) ? count : 120;

    [Theory]
    [InlineData(1024, 128, 100)]
    [InlineData(1024, 256, 200)]
    [InlineData(4096, 256, 300)]
    public void MutationsAreAnsweredByErrors(int blockBytes, int inodeBytes, int firstSeed)
    {
        byte[] image = Make(blockBytes, inodeBytes);
        int mounted = 0;
        for (int seed = firstSeed; seed < firstSeed + (Mutations / 3); seed++)
        {
            var random = new Random(seed);
            byte[] bytes = (byte[])image.Clone();
            Mutate(bytes, random);
            using var device = new MemoryBlockDevice(bytes.Length);
            Assert.Equal(Errno.None, device.Write(0, bytes));
            var clock = Stopwatch.StartNew();
            try
            {
                mounted += Live(device, random) ? 1 : 0;
            }
            catch (Exception found)
            {
                Assert.Fail($"blocks {blockBytes}, inodes {inodeBytes}, seed {seed}: {found}");
            }

            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"seed {seed} took {clock.Elapsed}");
        }

        Assert.True(mounted > Mutations / 12, $"only {mounted} of {Mutations / 3} volumes could be mounted: the mutations are too coarse to test anything");
    }

    private static byte[] Make(int blockBytes, int inodeBytes)
    {
        using var scratch = new ScratchDirectory("corrupt");
        string tree = scratch.Folder("tree");
        string many = Directory.CreateDirectory(Path.Combine(tree, "many")).FullName;
        for (int i = 0; i < 120; i++)
        {
            File.WriteAllText(Path.Combine(many, $"a-rather-long-name-of-a-file-{i}"), $"content {i}");
        }

        _ = Directory.CreateDirectory(Path.Combine(tree, "deep/er/and/deeper"));
        File.WriteAllBytes(Path.Combine(tree, "deep/er/large"), new byte[400_000]);
        _ = File.CreateSymbolicLink(Path.Combine(tree, "fast"), "target");
        _ = File.CreateSymbolicLink(Path.Combine(tree, "slow"), new string('t', 200));
        string path = scratch["image"];
        new Mke2fs { BlockBytes = blockBytes, InodeBytes = inodeBytes, Bytes = ImageBytes, Tree = tree }.Make(path);
        _ = ProcessRunner.Run("/sbin/e2fsck", "-fyD", path);
        return File.ReadAllBytes(path);
    }

    // Where metadata is: bytes that are not zero in the first part, and the superblock more often than its share.
    private static void Mutate(byte[] bytes, Random random)
    {
        int changes = random.Next(1, 10);
        while (changes > 0)
        {
            int place = random.Next(6) == 0 ? 1024 + random.Next(400) : random.Next(1024, bytes.Length - 4);
            if (bytes.AsSpan(place, 4).IndexOfAnyExcept((byte)0) < 0)
            {
                continue;
            }

            changes--;
            switch (random.Next(5))
            {
                case 0:
                    bytes[place] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[place] = (byte)random.Next(256);
                    break;
                case 2:
                    random.NextBytes(bytes.AsSpan(place & ~3, 4));
                    break;
                case 3:
                    bytes.AsSpan(place & ~3, 4).Fill((byte)(random.Next(2) * 255));
                    break;
                default:
                    // A number that leads to another block or inode of this very volume.
                    BitConverter.TryWriteBytes(bytes.AsSpan(place & ~3, 4), random.Next(bytes.Length / 1024));
                    break;
            }
        }
    }

    private static bool Live(MemoryBlockDevice device, Random random)
    {
        var options = new Ext2MountOptions { Errors = random.Next(3) == 0 ? ErrorsPolicy.FromSuperblock : ErrorsPolicy.Continue, Log = new RememberingLog(), CacheBytes = 1 << 20 };
        if (!Ext2Volume.TryMount(device, options, out Ext2Volume? volume, out string? refusal))
        {
            Assert.NotEmpty(refusal);
            return false;
        }

        int left = 3000;
        volume.Root.Acquire();
        Visit(volume.Root, random, 0, ref left);
        Assert.Equal(Errno.None, volume.GetStatistics(out _));
        for (ulong number = 0; number < 40; number++)
        {
            if (volume.Find(number).TryGet(out Inode inode, out _))
            {
                _ = inode.GetAttributes(out _);
                inode.Release();
            }
        }

        _ = volume.Sync();
        _ = volume.Unmount();
        volume.Dispose();
        return true;
    }

    // Takes over the reference.
    private static void Visit(DirectoryInode directory, Random random, int depth, ref int left)
    {
        var names = new NameCollector();
        long cookie = 0;
        do
        {
            names.Last = cookie;
            _ = directory.Enumerate(cookie, names);
            cookie = names.Last;
        }
        while (names.TakeMore() && names.Names.Count < 500);

        foreach (byte[] name in names.Names)
        {
            if (left-- <= 0)
            {
                break;
            }

            if (directory.Lookup(name).TryGet(out Inode inode, out _))
            {
                Use(inode, random, depth, ref left);
                Change(directory, name, inode, random);
                inode.Release();
            }
        }

        for (int i = 0; i < 5; i++)
        {
            byte[] name = "new-with-some-length-0"u8.ToArray();
            name[^1] += (byte)i;
            uint mode = ModeBits.Of(i % 2 == 0 ? InodeKind.File : InodeKind.Directory, 0x1FF);
            if (directory.Create(name, new NewInode { Mode = mode }).TryGet(out Inode made, out _))
            {
                Use(made, random, 99, ref left);
                made.Release();
            }
        }

        directory.Release();
    }

    private static void Use(Inode inode, Random random, int depth, ref int left)
    {
        byte[] buffer = new byte[20_000];
        _ = inode.GetAttributes(out _);
        _ = inode.ListXattr(buffer, out _);
        _ = inode.GetXattr("user.test"u8, buffer, out _);
        switch (inode)
        {
            case FileInode file:
                _ = file.Read(random.Next(500_000), buffer, out _);
                _ = file.Write(random.Next(500_000), buffer.AsSpan(0, random.Next(20_000)), out _);
                _ = file.Seek(random.Next(100_000), SeekKind.Data, out _);
                _ = random.Next(3) == 0 ? file.SetSize(random.Next(300_000)) : Errno.None;
                _ = random.Next(5) == 0 ? file.Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, 5000, 100_000) : Errno.None;
                break;
            case SymlinkInode link:
                _ = link.ReadTarget(buffer, out _);
                break;
            case DirectoryInode directory when depth < 8:
                directory.Acquire();
                Visit(directory, random, depth + 1, ref left);
                break;
            default:
                break;
        }

        _ = random.Next(10) == 0 ? inode.SetXattr("user.test"u8, "value"u8, XattrFlags.None) : Errno.None;
    }

    private static void Change(DirectoryInode directory, byte[] name, Inode inode, Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                _ = directory.Unlink(name);
                break;
            case 1:
                _ = directory.RemoveDirectory(name);
                break;
            case 2:
                _ = directory.Rename(name, directory, "renamed"u8, RenameFlags.None);
                break;
            case 3:
                _ = directory.Link("linked"u8, inode);
                break;
            case 4 when directory is LayerDirectory layer:
                _ = layer.PutWhiteout(name);
                _ = layer.PutFallthru("through"u8);
                _ = layer.SetOpaque(random.Next(2) == 0);
                break;
            default:
                break;
        }
    }

    private sealed class NameCollector : DirectorySink
    {
        private int before;

        public List<byte[]> Names { get; } = [];

        public long Last { get; set; }

        public bool TakeMore()
        {
            bool more = Names.Count > before;
            before = Names.Count;
            return more;
        }

        public override bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie)
        {
            Names.Add(name.ToArray());
            Last = nextCookie;
            return Names.Count % 64 != 0;
        }
    }
}
