using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Fsck;
using Ext2Union.Ext2.Mkfs;
using Ext2Union.Ext2.Volume;
using Ext2Union.Union;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Partial;

/// <summary>
/// A kill or a power loss at any moment while a file is copied up block by block: every block (after a power loss, which may tear a write anywhere, every byte) is what it was at some moment since the
/// last fsync, never the source's data where it was written over, cut off or punched, and never a stranger's.
/// </summary>
public class PartialCrashTests
{
    private const long VolumeBytes = 4 << 20;
    private const int FileBytes = 60_000;
    private const int Steps = 60;
    private const int SeedsEach = 4;

    [Theory]
    [InlineData(1, 1024, 256)]
    [InlineData(2, 1024, 256)]
    [InlineData(3, 1024, 128)]
    [InlineData(4, 4096, 256)]
    [InlineData(5, 2048, 128)]
    [InlineData(6, 1024, 256)]
    public void EachBlockIsOldOrNewAfterAnyCrash(int firstSeed, int blockBytes, int inodeBytes)
    {
        for (int seed = firstSeed * 1000; seed < (firstSeed * 1000) + SeedsEach; seed++)
        {
            Run(seed, blockBytes, inodeBytes);
        }
    }

    private static void Run(int seed, int blockBytes, int inodeBytes)
    {
        var format = new FormatOptions { BlockBytes = blockBytes, InodeBytes = inodeBytes };
        using MemoryBlockDevice lower = MakeLower(format, new Random(seed), out byte[] content);
        using MemoryBlockDevice start = MemoryVolume.Format(VolumeBytes, format);
        Assert.Equal(Errno.None, Stack(MemoryVolume.Mount(start), lower).Unmount());

        var recording = new RecordingBlockDevice(start.Clone());
        Assert.True(Ext2Volume.TryMount(recording, new Ext2MountOptions { CacheBytes = 1 << 16 }, out Ext2Volume? top, out string? refusal), refusal);
        UnionFileSystem union = Stack(top, lower);
        var story = new Story(new Random(seed), recording, content);
        for (int step = 0; step < Steps; step++)
        {
            var file = (FileInode)union.Root.Lookup("f"u8).Value;
            story.Step(file, union);
            file.Release();
        }

        var random = new Random(seed);
        for (int sample = 0; sample < 150; sample++)
        {
            int count = random.Next(0, recording.Count + 1);
            bool isKill = sample % 2 == 0;
            using MemoryBlockDevice crashed = start.Clone();
            Assert.Equal(Errno.None, isKill ? recording.ReplayPrefix(crashed, count) : recording.ReplayCrash(crashed, count, random));
            string where = $"seed {seed}, {(isKill ? "kill" : "power loss")} at operation {count} of {recording.Count}\n{story.TextAt(count)}";
            Judge(crashed, lower, story.AllowedAt(count), isKill ? blockBytes : 1, where);
            if (sample % 5 == 0)
            {
                _ = Checker.Run(crashed, new CheckOptions { Name = "crashed", Mode = CheckMode.Yes, Force = true }, new Silence());
                Judge(crashed, lower, story.AllowedAt(count), isKill ? blockBytes : 1, "mended, " + where, blockBytes);
            }
        }

        union.Dispose();
    }

    private static UnionFileSystem Stack(Ext2Volume top, MemoryBlockDevice lower) =>
        UnionFileSystem.Create(top, [MemoryVolume.Mount(lower, asLower: true)], new UnionOptions()).Value;

    private static MemoryBlockDevice MakeLower(FormatOptions format, Random random, out byte[] content)
    {
        MemoryBlockDevice device = MemoryVolume.Format(VolumeBytes, format);
        using Ext2Volume volume = MemoryVolume.Mount(device);
        var file = (FileInode)volume.Root.Create("f"u8, new NewInode { Mode = 0x81A4 }).Value;
        content = new byte[FileBytes];
        random.NextBytes(content);
        Assert.Equal(Errno.None, file.Write(0, content, out _));
        file.Release();
        Assert.Equal(Errno.None, volume.Unmount());
        return device;
    }

    private static void Judge(MemoryBlockDevice crashed, MemoryBlockDevice lower, List<byte[]> allowed, int unit, string where, int mendedTo = 1)
    {
        Assert.True(Ext2Volume.TryMount(new KeptBlockDevice(crashed), new Ext2MountOptions { IsReadOnly = true }, out Ext2Volume? top, out string? refusal), refusal);
        using UnionFileSystem union = Stack(top, lower);
        var file = (FileInode)union.Root.Lookup("f"u8).Value;
        Assert.Equal(Errno.None, file.GetAttributes(out Attributes attributes));
        int size = (int)attributes.Size;

        // A truncation that stopped between the size and the blocks is mended by making the file as long as its blocks, as e2fsck does.
        Assert.True(allowed.Exists(version => version.Length == size || (size % mendedTo == 0 && version.Length > size - mendedTo && mendedTo > 1)), $"{where}\nsize {size}");
        byte[] found = new byte[size];
        Errno error = file.Read(0, found, out int read);
        Assert.True(error == Errno.None && read == size, $"{where}\nread: {error}, {read} of {size}");
        file.Release();
        Assert.Equal(Errno.None, union.Unmount());
        for (int at = 0; at < size; at += unit)
        {
            ReadOnlySpan<byte> part = found.AsSpan(at, Math.Min(unit, size - at));
            bool isKnown = false;
            foreach (byte[] version in allowed)
            {
                isKnown |= IsPartOf(version, at, part);
            }

            if (isKnown)
            {
                continue;
            }

            Assert.Fail($"{where}\nbytes {at} to {at + part.Length} were never so: {Convert.ToHexString(part[..Math.Min(16, part.Length)])}");
        }
    }

    private static bool IsPartOf(byte[] version, int at, ReadOnlySpan<byte> part)
    {
        ReadOnlySpan<byte> there = version.AsSpan(Math.Min(at, version.Length));
        int common = Math.Min(there.Length, part.Length);
        return part[..common].SequenceEqual(there[..common]) && part[common..].IndexOfAnyExcept((byte)0) < 0;
    }

    private sealed class Story(Random random, RecordingBlockDevice device, byte[] content)
    {
        // A version may show from the operation on at which its making began, until a sync has ended that began with a later one.
        private readonly List<(int From, int Until, byte[] Content, string Text)> versions = [(0, int.MaxValue, content, "start")];

        private byte[] Now => versions[^1].Content;

        public List<byte[]> AllowedAt(int count) => [.. versions.Where(version => version.From <= count && count < version.Until).Select(version => version.Content)];

        public string TextAt(int count) => string.Join('\n', versions.Where(version => version.From <= count).Select(version => $"{version.From}: {version.Text}{(count < version.Until ? " *" : "")}"));

        public void Step(FileInode file, UnionFileSystem union)
        {
            int offset = random.Next(Math.Max(1, Math.Min(Now.Length + 3000, FileBytes)));
            int length = random.Next(3) == 0 ? 1024 * random.Next(1, 6) : random.Next(1, 5000);
            offset = random.Next(3) == 0 ? offset & ~1023 : offset;
            switch (random.Next(9))
            {
                case 0 or 1 or 2:
                    byte[] data = new byte[length];
                    random.NextBytes(data);
                    byte[] longer = Sized(Math.Max(Now.Length, offset + length));
                    data.CopyTo(longer, offset);
                    Begin(longer, $"write {offset} {length}");
                    Assert.Equal(Errno.None, file.Write(offset, data, out int written));
                    Assert.Equal(length, written);
                    break;
                case 3 or 4:
                    int size = random.Next(2) == 0 ? Math.Min(offset, Now.Length) : offset + length;
                    if (size < Now.Length)
                    {
                        // The rest of the last block is zeroed in place before the size changes, as the kernel's ext2 does.
                        byte[] zeroed = Sized(Now.Length);
                        zeroed.AsSpan(size, Math.Min((size | 4095) + 1, zeroed.Length) - size).Clear();
                        Begin(zeroed, "tail");
                    }

                    Begin(Sized(size), $"truncate {size}");
                    Assert.Equal(Errno.None, file.SetSize(size));
                    break;
                case 5:
                    byte[] punched = Sized(Now.Length);
                    int from = Math.Min(offset, punched.Length);
                    punched.AsSpan(from, Math.Min(length, punched.Length - from)).Clear();
                    Begin(punched, $"punch {offset} {length}");
                    Assert.Equal(Errno.None, file.Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, offset, length));
                    break;
                case 6:
                    Assert.Equal(Errno.None, union.Sync());
                    Synced("sync");
                    break;
                default:
                    Assert.Equal(Errno.None, file.Sync(dataOnly: random.Next(2) == 0));
                    Synced("fsync");
                    break;
            }
        }

        private byte[] Sized(int size)
        {
            byte[] copy = new byte[size];
            Now.AsSpan(0, Math.Min(size, Now.Length)).CopyTo(copy);
            return copy;
        }

        private void Begin(byte[] next, string text) => versions.Add((device.Count, int.MaxValue, next, text));

        private void Synced(string text)
        {
            for (int i = 0; i < versions.Count - 1; i++)
            {
                versions[i] = versions[i] with { Until = Math.Min(versions[i].Until, device.Count) };
            }

            versions[^1] = versions[^1] with { Text = versions[^1].Text + ", " + text };
        }
    }

    private sealed class Silence : Interaction
    {
        public override void Line(string text)
        {
        }

        public override Answer Ask(string text) => Answer.Yes;
    }
}
