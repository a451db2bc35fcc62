using Ext2Union.BlockDevices;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests.Copies;

/// <summary>
/// A power loss while incomplete copies are cut, extended, written and punched, and entered in the index. Whatever is left, every part of a file shows what
/// it showed at some moment since the last sync: never zeros where the source's data or new data should be, never the source's data where zeros should.
/// </summary>
public sealed class CopyCrashTests
{
    private const int Files = 4;
    private const int Unit = 512;
    private const int Block = 1024;

    private static readonly string[] Harmless =
    [
        "Pass ", "ref count is", "Block bitmap differences", "Inode bitmap differences", "Free blocks count wrong", "Free inodes count wrong", "Directories count wrong",
        "FILE SYSTEM WAS MODIFIED", "Fix? yes", "Clear? yes", "e2fsck 1", "files (", "Deleted inode", "i_blocks is",
    ];

    [Theory]
    [InlineData(1, 256, 10)]
    [InlineData(2, 256, 10)]
    [InlineData(3, 128, 10)]
    [InlineData(4, 128, 10)]
    [InlineData(5, 256, 60)]
    [InlineData(6, 128, 60)]
    [InlineData(106, 128, 60)]
    [InlineData(107, 256, 60)]
    public void Every_part_of_a_file_shows_what_it_was(int seed, int inodeBytes, int blocks)
    {
        using ScratchDirectory scratch = new("copies");
        using MemoryBlockDevice start = Start(scratch["image"], inodeBytes, blocks);
        RecordingBlockDevice recording = new(start.Clone());
        Assert.True(Ext2Volume.TryMount(recording, new Ext2MountOptions(), out Ext2Volume? volume, out string? refusal), refusal);
        Story story = new(new Random(seed), volume, blocks);
        for (int step = 0; step < 300; step++)
        {
            story.Step(recording);
        }

        Random random = new(seed);
        for (int sample = 0; sample < 50; sample++)
        {
            int count = random.Next(1, recording.Count + 1);
            using MemoryBlockDevice crashed = start.Clone();
            Assert.Equal(Errno.None, sample % 3 == 0 ? recording.ReplayPrefix(crashed, count) : recording.ReplayCrash(crashed, count, random));
            string where = $"seed {seed}, crash {sample} at operation {count} of {recording.Count}";
            story.Judge(crashed.Clone(), count, where);
            if (sample % 12 == 0)
            {
                Mend(crashed, scratch["crashed"], where);
            }
        }

        story.End();
        volume.Dispose();
    }

    // Copies without any data of their own, in the index and by name, all on the disk.
    private static MemoryBlockDevice Start(string image, int inodeBytes, int blocks)
    {
        new Mke2fs { BlockBytes = Block, InodeBytes = inodeBytes, Bytes = 4 << 20 }.Make(image);
        byte[] bytes = File.ReadAllBytes(image);
        using MemoryBlockDevice memory = new(bytes.Length);
        Assert.Equal(Errno.None, memory.Write(0, bytes));
        MemoryBlockDevice kept = memory.Clone();
        RecordingBlockDevice recording = new(memory.Clone());
        Assert.True(Ext2Volume.TryMount(recording, new Ext2MountOptions(), out Ext2Volume? volume, out string? refusal), refusal);
        for (int i = 0; i < Files; i++)
        {
            FileInode file = CopyChecks.Incomplete(volume, blocks * Block);
            Assert.Equal(Errno.None, i % 2 == 0 ? volume.Root.Link([(byte)('a' + i)], file) : volume.Index!.Put(1, (ulong)i, file));
            file.Release();
        }

        Assert.Equal(Errno.None, volume.Unmount());
        Assert.Equal(Errno.None, recording.ReplayPrefix(kept, recording.Count));
        volume.Dispose();
        return kept;
    }

    private static Result<Inode> Open(Ext2Volume volume, int file) =>
        file % 2 == 0 ? volume.Root.Lookup([(byte)('a' + file)]) : volume.Index!.Find(1, (ulong)file);

    private static void Mend(MemoryBlockDevice crashed, string path, string where)
    {
        byte[] bytes = new byte[crashed.Length];
        Assert.Equal(Errno.None, crashed.Read(0, bytes));
        File.WriteAllBytes(path, bytes);
        E2fsck.ClearMarkFeatures(path);
        ProcessResult check = ProcessRunner.Run("/sbin/e2fsck", "-fy", path);
        string[] found = [.. check.Output.Split('\n').Where(line => line.Length > 0 && !Harmless.Any(line.Contains))];
        Assert.True(check.ExitCode is 0 or 1 && found.Length == 0, $"{where}: {string.Join('\n', found)}\n{check}");
    }

    // What each part of a file shows, seen as a union sees it: 'S' the source's, '.' zeros, else the letter that was written.
    private static string ViewOf(FileInode file, string where)
    {
        Assert.Equal(Errno.None, file.GetAttributes(out Attributes attributes));
        long remainder = CopyChecks.RemainderOf(file);
        Assert.InRange(remainder, 0, attributes.Size);
        char[] view = new char[(attributes.Size + Unit - 1) / Unit];
        byte[] part = new byte[Unit];
        for (int i = 0; i < view.Length; i++)
        {
            Assert.Equal(Errno.None, file.GetExtent(i * Unit, (i + 1) * Unit, out bool isHole, out _));
            bool isOwed = isHole && i * Unit < remainder;
            Errno error = file.Read(i * Unit, part, out int read);
            Assert.True(isOwed == (error == Errno.EIO) && (isOwed || read == Unit), $"{where}: unit {i}: {error}, {read} bytes");
            bool isWhole = part.AsSpan().IndexOfAnyExcept(part[0]) < 0;
            view[i] = isOwed ? 'S' : !isWhole ? '?' : part[0] == 0 ? '.' : (char)part[0];
        }

        return new string(view);
    }

    /// <summary>Random changes, and what each file showed since the last sync.</summary>
    private sealed class Story
    {
        private readonly Random random;
        private readonly Ext2Volume volume;
        private readonly int blocks;
        private readonly FileInode[] files;
        // From the start until this operation of the device the file may show this.
        private readonly List<(int Until, int File, string View)> past = [];
        private int stamp;

        public Story(Random random, Ext2Volume volume, int blocks)
        {
            this.random = random;
            this.volume = volume;
            this.blocks = blocks;
            files = [.. Enumerable.Range(0, Files).Select(i => (FileInode)Open(volume, i).Value)];
            past.AddRange(Enumerable.Range(0, Files).Select(i => (int.MaxValue, i, new string('S', blocks * Block / Unit))));
        }

        public void Step(RecordingBlockDevice device)
        {
            int index = random.Next(Files);
            FileInode file = files[index];
            long at = random.Next(blocks) * Block;
            Errno error;
            switch (random.Next(10))
            {
                case 0 or 1:
                    Assert.Equal(Errno.None, volume.Sync());
                    string[] now = [.. files.Select(each => ViewOf(each, "alive"))];
                    for (int i = 0; i < past.Count; i++)
                    {
                        past[i] = past[i].Until == int.MaxValue && now[past[i].File] != past[i].View ? past[i] with { Until = device.Count } : past[i];
                    }

                    return;
                case 2 or 3:
                    error = file.SetSize(random.Next(blocks * Block / Unit) * Unit);
                    break;
                case 4:
                    error = file.SetSize(blocks * Block);
                    break;
                case 5:
                    error = file.Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, at, Block * random.Next(1, 3));
                    break;
                case 6:
                    error = file.Allocate(AllocateMode.ZeroRange | AllocateMode.KeepSize, at, Block);
                    break;
                default:
                    // One letter never stands twice in a row in one place, so that an old one is told from a new one.
                    byte[] data = new byte[Block * random.Next(1, 4)];
                    Array.Fill(data, (byte)('a' + (stamp++ % 26)));
                    error = file.Write(at, data, out _);
                    break;
            }

            Assert.True(error is Errno.None or Errno.EIO, $"{error}");
            past.Add((int.MaxValue, index, ViewOf(file, "alive")));
        }

        public void Judge(MemoryBlockDevice crashed, int count, string where)
        {
            var log = new RememberingLog();
            Assert.True(Ext2Volume.TryMount(crashed, new Ext2MountOptions { IsReadOnly = true, Log = log }, out Ext2Volume? after, out string? refusal), refusal);
            for (int index = 0; index < Files; index++)
            {
                string[] allowed = [.. past.Where(p => p.File == index && count < p.Until).Select(p => p.View)];
                Result<Inode> found = Open(after, index);
                Assert.Equal(Errno.None, found.Error);
                string view = ViewOf((FileInode)found.Value, where);
                found.Value.Release();
                string all = $"{where}, file {index}:\n{view}\nis made of none of\n{string.Join('\n', allowed.Distinct())}";
                Assert.True(allowed.Any(each => each.Length == view.Length), all);
                for (int i = 0; i < view.Length; i++)
                {
                    bool isKnown = allowed.Any(each => (i < each.Length && each[i] == view[i]) || IsTailOfCut(each, view, i));
                    Assert.True(isKnown || (view[i] == '.' && WasExtendedOver(allowed, i)), $"{all}\n(unit {i})");
                }
            }

            Assert.True(log.Lines.Count == 0, $"{where}: {string.Join('\n', log.Lines)}");
            after.Dispose();
        }

        // Data behind a cut within its block becomes zeros in its place, as in every ext2, perhaps before the shorter size is on the disk.
        private static bool IsTailOfCut(string cut, string view, int unit) =>
            view[unit] == '.' && view[unit - (unit % 2)] != 'S' && cut.Length % 2 == 1 && cut.Length / 2 == unit / 2 && unit >= cut.Length;

        // The longer size may be there before the data is, and then there are zeros: but only where the file was shorter before it was longer.
        private static bool WasExtendedOver(string[] states, int unit) => states.SkipWhile(each => each.Length > unit).Any(each => each.Length > unit);

        public void End()
        {
            foreach (FileInode file in files)
            {
                file.Release();
            }
        }
    }
}
