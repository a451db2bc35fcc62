using System.Text;
using Ext2Union.BlockDevices;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests;

/// <summary>
/// A power loss at any moment: what was flushed is there, of the rest any part. Whatever is left must be walkable as it is, hold nothing that was
/// never in a file, keep every file as one of the contents it had since the last sync, and be mended by e2fsck without a loss.
/// </summary>
public class CrashMatrixTests
{
    private const byte Stranger = 0xEE;
    private const int Names = 14;

    // What e2fsck may have to say: counts and bitmaps lag behind, and an inode whose name was not written yet goes to lost+found. Nothing
    // about names that lead nowhere, blocks that two files claim, or maps that hold no block numbers.
    private static readonly string[] Harmless =
    [
        "Pass ", "Connect to /lost+found? yes", "Unattached inode", "Unconnected directory", "ref count is", "Block bitmap differences", "Inode bitmap differences", "Free blocks count wrong",
        "Free inodes count wrong", "Directories count wrong", "FILE SYSTEM WAS MODIFIED", "Fix? yes", "Clear? yes", "e2fsck 1", "Deleted inode", "has deleted/unused inode", "orphan", "files (", "Unattached zero-length",
    ];

    [Theory]
    [InlineData(1, 1024)]
    [InlineData(2, 4096)]
    [InlineData(4, 1024)]
    [InlineData(21, 1024)]
    [InlineData(22, 1024)]
    [InlineData(23, 4096)]
    public void AnyCrashLeavesAVolumeThatCanBeMended(int seed, int blockBytes)
    {
        using var scratch = new ScratchDirectory("crash");
        using MemoryBlockDevice start = Start(scratch["image"], blockBytes);
        var recording = new RecordingBlockDevice(start.Clone());
        var story = new Story(new Random(seed));
        Assert.True(Ext2Volume.TryMount(recording, new Ext2MountOptions { CacheBytes = 1 << 16 }, out Ext2Volume? volume, out string? refusal), refusal);
        for (int round = 0; round < 150; round++)
        {
            story.Step(volume, recording);
        }

        var random = new Random(seed);
        for (int sample = 0; sample < 20; sample++)
        {
            int count = random.Next(1, recording.Count + 1);
            using MemoryBlockDevice crashed = start.Clone();
            Assert.Equal(Errno.None, sample % 2 == 0 ? recording.ReplayCrash(crashed, count, random) : recording.ReplayPrefix(crashed, count));
            string where = $"seed {seed}, crash {sample} at operation {count} of {recording.Count}";
            Walk(crashed.Clone(), story.AllowedAt(count), where);
            Mend(crashed, scratch["crashed"], where);
        }

        volume.Dispose();
    }

    // A fresh volume whose free blocks all hold what a stranger left.
    private static MemoryBlockDevice Start(string image, int blockBytes)
    {
        new Mke2fs { BlockBytes = blockBytes, Bytes = 3 << 20 }.Make(image);
        byte[] bytes = File.ReadAllBytes(image);
        Assert.True(FileBlockDevice.TryOpen(image, DeviceAccess.ReadWrite, DeviceSharing.Exclusive, out FileBlockDevice? device, out OpenRefusal? held), held?.ToString());
        Assert.True(Ext2Volume.TryMount(device!, new Ext2MountOptions(), out Ext2Volume? volume, out string? refusal), refusal);
        FileInode filler = Assert.IsAssignableFrom<FileInode>(volume.Root.CreateDetached(new NewInode { Mode = ModeBits.Of(InodeKind.File, 0x1A4) }).Value);
        byte[] foul = new byte[64 * 1024];
        Array.Fill(foul, Stranger);
        for (long size = 0; filler.Write(size, foul, out int written) == Errno.None; size += written)
        {
        }

        filler.Release();
        VolumeImage.End(volume);
        var memory = new MemoryBlockDevice(bytes.Length);
        Assert.Equal(Errno.None, memory.Write(0, File.ReadAllBytes(image)));
        return memory;
    }

    private static void Walk(MemoryBlockDevice crashed, Dictionary<string, HashSet<string>> allowed, string where)
    {
        var log = new RememberingLog();
        Assert.True(Ext2Volume.TryMount(crashed, new Ext2MountOptions { IsReadOnly = true, Log = log }, out Ext2Volume? volume, out string? refusal), refusal);
        foreach ((string name, HashSet<string> contents) in allowed)
        {
            string found = Story.ContentOf(volume, name);
            if (found == Story.Dangling)
            {
                // Half of an unlink: the file is dead, its name is not gone yet. fsck removes the name.
                log.Lines.Clear();
            }

            Assert.True(contents.Contains(found), $"{where}: {name} holds '{found}', not one of: {string.Join(" | ", contents)}");
        }

        Assert.True(log.Lines.Count == 0, $"{where}: {string.Join('\n', log.Lines)}");
        volume.Dispose();
    }

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

    /// <summary>Random changes, and what each name may show after a crash: everything it showed since the last sync.</summary>
    private sealed class Story(Random random)
    {
        public const string Dangling = "dangling";

        // From this operation of the device on, the name may show this content; until the next sync that ends it.
        private readonly List<(int From, int Until, string Name, string Content)> past = [];
        private readonly Dictionary<string, string> now = [];
        private int stamp;

        public void Step(Ext2Volume volume, RecordingBlockDevice device)
        {
            if (now.Count == 0)
            {
                for (int i = 0; i < Names; i++)
                {
                    past.Add((0, int.MaxValue, NameOf(i), "absent"));
                    now[NameOf(i)] = "absent";
                }

                foreach (byte[] directory in new[] { "d"u8.ToArray(), "e"u8.ToArray() })
                {
                    var root = (LayerDirectory)volume.Root;
                    Inode made = root.CreateDetachedDirectory(new NewInode { Mode = ModeBits.Of(InodeKind.Directory, 0x1ED) }).Value;
                    Assert.Equal(Errno.None, made.SetXattr("user.a"u8, new byte[100], XattrFlags.None));
                    Assert.Equal(Errno.None, root.Install(directory, made));
                    made.Release();
                }

                Sync(volume, device);
            }

            string name = NameOf(random.Next(Names));
            string other = NameOf(random.Next(Names));
            switch (random.Next(12))
            {
                case 0:
                    Sync(volume, device);
                    break;
                case 1 or 2 when now[name] != "absent":
                    Remove(volume, name);
                    break;
                case 3 when now[name] == "absent":
                    WhiteOut(volume, name);
                    break;
                case 4 or 5 or 6 when now[name] is not ("absent" or "whiteout") && name != other:
                    Rename(volume, name, other);
                    break;
                case 7 when now[name] is not ("absent" or "whiteout"):
                    WhiteOut(volume, name);
                    break;
                default:
                    if (now[name] is "absent" or "whiteout")
                    {
                        Create(volume, name);
                    }

                    break;
            }
        }

        /// <summary>What each name may show when the device stopped after so many operations.</summary>
        public Dictionary<string, HashSet<string>> AllowedAt(int count)
        {
            var allowed = new Dictionary<string, HashSet<string>>();
            foreach ((int from, int until, string name, string content) in past)
            {
                if (from <= count && count < until)
                {
                    _ = (allowed.TryGetValue(name, out HashSet<string>? set) ? set : allowed[name] = []).Add(content);
                }
            }

            return allowed;
        }

        public static string ContentOf(Ext2Volume volume, string name)
        {
            LayerDirectory directory = Open(volume, name, out byte[] last);
            Result<Slot> slot = directory.Peek(last);
            directory.Release();
            if (slot.Error == Errno.EUCLEAN)
            {
                return Dangling;
            }

            Assert.Equal(Errno.None, slot.Error);
            if (slot.Value.Kind != SlotKind.Inode)
            {
                return slot.Value.Kind == SlotKind.Whiteout ? "whiteout" : "absent";
            }

            var file = Assert.IsAssignableFrom<FileInode>(slot.Value.Inode);
            Assert.Equal(Errno.None, file.GetAttributes(out Attributes attributes));
            byte[] bytes = new byte[attributes.Size];
            Assert.Equal(Errno.None, file.Read(0, bytes, out int read));
            file.Release();
            Assert.Equal(bytes.Length, read);
            Assert.Equal(0, bytes.Count(b => b == Stranger));
            string text = Encoding.UTF8.GetString(bytes);
            string first = text.Split(' ')[0];
            return string.Concat(Enumerable.Repeat(first + " ", bytes.Length / Math.Max(1, first.Length + 1))) == text ? $"{first}*{bytes.Length}" : $"torn {first}*{bytes.Length}";
        }

        private static string NameOf(int index) => index % 3 == 0 ? $"d/file{index}" : index % 3 == 1 ? $"e/file{index}" : $"file{index}";

        private static LayerDirectory Open(Ext2Volume volume, string name, out byte[] last)
        {
            int slash = name.IndexOf('/', StringComparison.Ordinal);
            last = Encoding.UTF8.GetBytes(name[(slash + 1)..]);
            if (slash < 0)
            {
                volume.Root.Acquire();
                return (LayerDirectory)volume.Root;
            }

            Result<Inode> found = volume.Root.Lookup(Encoding.UTF8.GetBytes(name[..slash]));
            if (found.Error == Errno.ENOENT)
            {
                // Not there yet: neither is anything in it.
                volume.Root.Acquire();
                return (LayerDirectory)volume.Root;
            }

            Assert.Equal(Errno.None, found.Error);
            return (LayerDirectory)found.Value;
        }

        private void Set(string name, string content)
        {
            now[name] = content;
            past.Add((0, int.MaxValue, name, content));
        }

        private void Sync(Ext2Volume volume, RecordingBlockDevice device)
        {
            Assert.Equal(Errno.None, volume.Sync());
            for (int i = 0; i < past.Count; i++)
            {
                // What was replaced before this sync cannot come back after it. A content counts from the start: the loss of a later one shows it again.
                if (past[i].Until == int.MaxValue && now[past[i].Name] != past[i].Content)
                {
                    past[i] = past[i] with { Until = device.Count };
                }
            }
        }

        private void Create(Ext2Volume volume, string name)
        {
            LayerDirectory directory = Open(volume, name, out byte[] last);
            Result<Inode> made = directory.CreateDetached(new NewInode { Mode = ModeBits.Of(InodeKind.File, 0x1A4) });
            Assert.Equal(Errno.None, made.Error);
            var file = (FileInode)made.Value;
            string word = $"w{stamp++} ";
            int length = word.Length * random.Next(1, 6000);
            byte[] data = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(word, length / word.Length)));
            for (int done = 0; done < data.Length;)
            {
                Assert.Equal(Errno.None, file.Write(done, data.AsSpan(done, Math.Min(7000, data.Length - done)), out int part));
                done += part;
            }

            Assert.Equal(Errno.None, directory.Link(last, file));
            file.Release();
            directory.Release();
            Set(name, $"{word.Trim()}*{data.Length}");
        }

        private void Remove(Ext2Volume volume, string name)
        {
            LayerDirectory directory = Open(volume, name, out byte[] last);
            Assert.Equal(Errno.None, now[name] == "whiteout" ? directory.RemoveMark(last) : directory.Unlink(last));
            directory.Release();
            if (now[name] != "whiteout")
            {
                Set(name, Dangling);
            }

            Set(name, "absent");
        }

        private void WhiteOut(Ext2Volume volume, string name)
        {
            LayerDirectory directory = Open(volume, name, out byte[] last);
            Assert.Equal(Errno.None, directory.PutWhiteout(last));
            directory.Release();
            Set(name, "whiteout");
        }

        private void Rename(Ext2Volume volume, string name, string other)
        {
            LayerDirectory directory = Open(volume, name, out byte[] last);
            LayerDirectory target = Open(volume, other, out byte[] lastOther);
            Assert.Equal(Errno.None, directory.Rename(last, target, lastOther, RenameFlags.None));
            directory.Release();
            target.Release();
            Set(other, now[name]);

            // An unlink under the new name may reach the disk before the old name is gone from it.
            Set(name, Dangling);
            Set(name, "absent");
        }
    }
}
