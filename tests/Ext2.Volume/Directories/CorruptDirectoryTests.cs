using System.Globalization;
using System.Text;
using Ext2Union.BlockDevices;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests.Directories;

/// <summary>
/// Directories with seeded damage: in records, in the index, in the inode. Walking and writing must end with an answer, whatever it is; what
/// can be read is read.
/// </summary>
public sealed class CorruptDirectoryTests : IDisposable
{
    private const int Rounds = 250;
    private const int InodeBytes = 256;

    private readonly VolumeImage image = new(
        new Mke2fs { BlockBytes = 1024, Bytes = 8 << 20, InodeBytes = InodeBytes },
        tree =>
        {
            foreach (string name in (string[])["large", "small", "small/inner", "small/inner/deep"])
            {
                _ = Directory.CreateDirectory(Path.Combine(tree, name));
            }

            for (int i = 0; i < 900; i++)
            {
                File.Create(Path.Combine(tree, i % 30 == 0 ? "small/inner" : "large", $"name-{i}-{new string('x', i % 40)}")).Dispose();
            }
        });

    public void Dispose() => image.Dispose();

    [Fact]
    public void NoDamageCrashesOrHangs()
    {
        Prepare(out List<long> directoryBlocks, out List<long> inodes);
        int unreadable = 0;
        for (int seed = 0; seed < Rounds; seed++)
        {
            Assert.True(FileBlockDevice.TryOpen(image.Path, DeviceAccess.ReadOnly, DeviceSharing.Shared, out FileBlockDevice? file, out _));
            OverlayBlockDevice device = new(file);
            Damage(device, new Random(seed), directoryBlocks, inodes);
            RememberingLog log = new();
            if (!Ext2Volume.TryMount(device, new Ext2MountOptions { Log = log, Errors = ErrorsPolicy.Continue }, out Ext2Volume? volume, out _))
            {
                device.Dispose();
                continue;
            }

            try
            {
                Walk(volume.Root, 0, ref unreadable);
                Change((LayerDirectory)volume.Root, seed);
                _ = volume.Unmount();
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed}: {string.Join('\n', log.Lines)}", failure);
            }

            volume.Dispose();
        }

        Assert.True(unreadable > Rounds / 10, $"Only {unreadable} faults were met: the damage misses.");
    }

    [Fact]
    public void ABrokenIndexCostsALineAndNoName()
    {
        Prepare(out _, out _);
        long first = BlocksOf("/large")[0];
        using (FileStream file = File.OpenWrite(image.Path))
        {
            // The hash version of the root: none that ext2 knows.
            file.Position = (first * 1024) + 28;
            file.WriteByte(9);
        }

        Ext2Volume volume = image.Mount();
        Assert.True(volume.Root.Lookup("large"u8).TryGet(out Inode inode, out _));
        var large = (DirectoryInode)inode;
        Assert.Equal(870, Listing.Names(large).Count);
        Assert.True(large.Lookup("name-899-xxxxxxxxxxxxxxxxxxx"u8).TryGet(out Inode found, out Errno error), $"{error}");
        found.Release();
        _ = Assert.Single(image.Log.Lines);
        Assert.Contains("UnknownHash", image.Log.Lines[0]);
        Assert.Equal(Errno.None, large.Unlink("name-899-xxxxxxxxxxxxxxxxxxx"u8));
        Assert.True(large.Create("new"u8, new NewInode { Mode = ModeBits.Of(InodeKind.File, 0x1A4) }).TryGet(out found, out error), $"{error}");
        found.Release();
        large.Release();
        VolumeImage.End(volume);

        // Without the flag it is a sound directory again; that an error was met is all e2fsck -fn may say.
        ProcessResult result = ProcessRunner.Run("/sbin/e2fsck", "-fn", image.Path);
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Fact]
    public void AnEntryThatLeadsUpwardsIsRefused()
    {
        _ = ProcessRunner.Check("/sbin/debugfs", "-w", "-R", "link /small /small/inner/loop", image.Path);
        Ext2Volume volume = image.Mount();
        Inode at = volume.Root;
        at.Acquire();
        foreach (string name in (string[])["small", "inner"])
        {
            Assert.True(((DirectoryInode)at).Lookup(Encoding.ASCII.GetBytes(name)).TryGet(out Inode next, out Errno error), $"{error}");
            at.Release();
            at = next;
        }

        Assert.Equal(Errno.EUCLEAN, ((DirectoryInode)at).Lookup("loop"u8).Error);
        at.Release();
        VolumeImage.End(volume);
    }

    private static void Walk(DirectoryInode directory, int depth, ref int unreadable)
    {
        Assert.True(depth < 50, "The tree has no end.");
        NameSink sink = new();
        for (long cookie = -1; cookie != sink.Cookie;)
        {
            cookie = sink.Cookie;
            Assert.True(sink.Names.Count < 100_000, "The listing has no end.");
            unreadable += directory.Enumerate(cookie, sink) == Errno.None ? 0 : 1;
        }

        foreach (byte[] name in sink.Names)
        {
            Result<Inode> found = directory.Lookup(name);
            if (!found.TryGet(out Inode inode, out _))
            {
                unreadable++;
                continue;
            }

            if (inode is DirectoryInode child)
            {
                Walk(child, depth + 1, ref unreadable);
            }

            inode.Release();
        }
    }

    private static void Change(LayerDirectory root, int seed)
    {
        foreach (string path in (string[])["large", "small", "small/inner"])
        {
            if (!TryOpen(root, path, out LayerDirectory? directory))
            {
                continue;
            }

            Random random = new(seed);
            for (int i = 0; i < 30; i++)
            {
                byte[] name = Encoding.ASCII.GetBytes($"new-{i}-{new string('y', random.Next(60))}");
                if (directory!.Create(name, new NewInode { Mode = ModeBits.Of(i % 10 == 0 ? InodeKind.Directory : InodeKind.File, 0x1A4) }).TryGet(out Inode made, out _))
                {
                    made.Release();
                }

                int old = random.Next(900);
                byte[] oldName = Encoding.ASCII.GetBytes($"name-{old}-{new string('x', old % 40)}");
                _ = i % 3 == 0 ? directory.Unlink(oldName) : i % 3 == 1 ? directory.Rename(oldName, root, name, RenameFlags.None) : directory.PutWhiteout(oldName);
            }

            directory!.Release();
            _ = root.RemoveDirectory(Encoding.ASCII.GetBytes(path));
        }
    }

    private static bool TryOpen(DirectoryInode root, string path, out LayerDirectory? directory)
    {
        Inode at = root;
        at.Acquire();
        foreach (string name in path.Split('/'))
        {
            Result<Inode> found = at is DirectoryInode parent ? parent.Lookup(Encoding.ASCII.GetBytes(name)) : Errno.ENOTDIR;
            at.Release();
            if (!found.TryGet(out at, out _))
            {
                directory = null;
                return false;
            }
        }

        directory = at as LayerDirectory;
        if (directory is null)
        {
            at.Release();
        }

        return directory is not null;
    }

    /// <summary>Lets e2fsck index what mke2fs made linear, and finds the bytes that matter.</summary>
    private void Prepare(out List<long> directoryBlocks, out List<long> inodes)
    {
        _ = ProcessRunner.Run("/sbin/e2fsck", "-fyD", image.Path);
        directoryBlocks = [.. ((string[])["/large", "/small", "/small/inner", "/"]).SelectMany(BlocksOf)];
        inodes = [];
        foreach (string path in (string[])["/large", "/small/inner", "/small"])
        {
            string[] words = image.Debugfs($"imap {path}").Split([' ', '\n', ','], StringSplitOptions.RemoveEmptyEntries);
            long block = long.Parse(words[Array.LastIndexOf(words, "block") + 1], CultureInfo.InvariantCulture);
            long offset = Convert.ToInt64(words[Array.IndexOf(words, "offset") + 1], 16);
            inodes.Add((block * 1024) + offset);
        }
    }

    private List<long> BlocksOf(string path) =>
        [.. image.Debugfs($"blocks {path}").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(long.Parse)];

    private static void Damage(OverlayBlockDevice device, Random random, List<long> directoryBlocks, List<long> inodes)
    {
        int count = random.Next(1, 6);
        for (int i = 0; i < count; i++)
        {
            // Index and first records more often than the rest: a directory's root block, an inode's size, flags and block numbers.
            long block = directoryBlocks[random.Next(4) == 0 ? 0 : random.Next(directoryBlocks.Count)];
            long offset = random.Next(5) == 0
                ? inodes[random.Next(inodes.Count)] + (random.Next(2) == 0 ? random.Next(128) : 40 + random.Next(16))
                : (block * 1024) + (random.Next(3) == 0 ? random.Next(64) : random.Next(1024));
            byte[] value = [(byte)(random.Next(3) switch { 0 => 0, 1 => 0xFF, _ => random.Next(256) })];
            Assert.Equal(Errno.None, device.Write(offset, value));
        }
    }

    private sealed class NameSink : DirectorySink
    {
        public List<byte[]> Names { get; } = [];

        public long Cookie { get; private set; }

        public override bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie)
        {
            Names.Add(name.ToArray());
            Cookie = nextCookie;
            return true;
        }
    }
}
