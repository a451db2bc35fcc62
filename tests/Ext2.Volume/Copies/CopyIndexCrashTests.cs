using Ext2Union.BlockDevices;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests.Copies;

/// <summary>A power loss while copies are entered in the index and taken out: an entry leads to a whole copy with its record, or is not there.</summary>
public sealed class CopyIndexCrashTests
{
    private const int Keys = 12;

    private static readonly string[] Harmless =
    [
        "Pass ", "Connect to /lost+found? yes", "Unattached inode", "ref count is", "Block bitmap differences", "Inode bitmap differences", "Free blocks count wrong",
        "Free inodes count wrong", "Directories count wrong", "FILE SYSTEM WAS MODIFIED", "Fix? yes", "Clear? yes", "e2fsck 1", "orphan", "files (", "Unattached zero-length",
        "Unconnected directory",
    ];

    [Theory]
    [InlineData(1, 128)]
    [InlineData(2, 256)]
    [InlineData(3, 256)]
    public void An_entry_leads_to_a_whole_copy_or_is_not_there(int seed, int inodeBytes)
    {
        using ScratchDirectory scratch = new("copies");
        new Mke2fs { BlockBytes = 1024, InodeBytes = inodeBytes, Bytes = 2 << 20 }.Make(scratch["image"]);
        byte[] bytes = File.ReadAllBytes(scratch["image"]);
        using MemoryBlockDevice start = new(bytes.Length);
        Assert.Equal(Errno.None, start.Write(0, bytes));
        RecordingBlockDevice recording = new(start.Clone());
        Assert.True(Ext2Volume.TryMount(recording, new Ext2MountOptions(), out Ext2Volume? volume, out string? refusal), refusal);
        Random random = new(seed);
        bool[] isIn = new bool[Keys];

        // Until which operation of the device a key may be there, or may be missing.
        List<(int Until, int Key, bool IsIn)> past = [.. Enumerable.Range(0, Keys).Select(key => (int.MaxValue, key, false))];
        for (int step = 0; step < 150; step++)
        {
            int key = random.Next(Keys);
            if (random.Next(6) == 0)
            {
                Assert.Equal(Errno.None, volume.Sync());
                past = [.. past.Select(p => p.Until == int.MaxValue && p.IsIn != isIn[p.Key] ? p with { Until = recording.Count } : p)];
                continue;
            }

            isIn[key] = Change(volume, key, isIn[key]);
            past.Add((int.MaxValue, key, isIn[key]));
        }

        for (int sample = 0; sample < 40; sample++)
        {
            int count = random.Next(1, recording.Count + 1);
            using MemoryBlockDevice crashed = start.Clone();
            Assert.Equal(Errno.None, sample % 3 == 0 ? recording.ReplayPrefix(crashed, count) : recording.ReplayCrash(crashed, count, random));
            string where = $"seed {seed}, crash {sample} at operation {count} of {recording.Count}";
            Judge(crashed.Clone(), key => [.. past.Where(p => p.Key == key && count < p.Until).Select(p => p.IsIn)], where);
            if (sample % 8 == 0)
            {
                Mend(crashed, scratch["crashed"], where);
            }
        }

        volume.Dispose();
    }

    private static bool Change(Ext2Volume volume, int key, bool isIn)
    {
        if (isIn)
        {
            Assert.Equal(Errno.None, volume.Index!.Remove(1, SourceOf(key)));
            return false;
        }

        FileInode copy = CopyChecks.Detached(volume);
        Assert.Equal(Errno.None, copy.SetSize(20_000));
        CopySource source = new() { Layer = 1, Inode = SourceOf(key), IsIndexed = true, LowerNames = 2, Remainder = 20_000, Size = 20_000 };
        Assert.Equal(Errno.None, copy.SetCopySource(source, []));
        byte[] data = new byte[3072];
        Array.Fill(data, (byte)('a' + key));
        Assert.Equal(Errno.None, copy.Write(1024 * key, data, out _));
        Assert.Equal(Errno.None, volume.Index!.Put(1, SourceOf(key), copy));
        copy.Release();
        return true;
    }

    private static ulong SourceOf(int key) => (ulong)key + 100;

    private static void Judge(MemoryBlockDevice crashed, Func<int, HashSet<bool>> allowed, string where)
    {
        var log = new RememberingLog();
        Assert.True(Ext2Volume.TryMount(crashed, new Ext2MountOptions { IsReadOnly = true, Log = log }, out Ext2Volume? after, out string? refusal), refusal);
        byte[] data = new byte[3072];
        for (int key = 0; key < Keys; key++)
        {
            Result<Inode> found = after.Index!.Find(1, SourceOf(key));
            Assert.True(found.Error is Errno.None or Errno.ENOENT, $"{where}, key {key}: {found.Error} {string.Join('\n', log.Lines)}");
            Assert.True(allowed(key).Contains(found.Succeeded), $"{where}, key {key}: found is {found.Succeeded}");
            if (found.Succeeded)
            {
                Assert.Equal(Errno.None, found.Value.GetCopySource([], out CopySource source, out _));
                Assert.Equal((SourceOf(key), 20_000L), (source.Inode, source.Remainder));
                Assert.Equal(Errno.None, ((FileInode)found.Value).Read(1024 * key, data, out _));
                Assert.True(data.AsSpan().IndexOfAnyExcept((byte)('a' + key)) < 0, $"{where}, key {key}: other data");
                found.Value.Release();
            }
        }

        Assert.True(log.Lines.Count == 0, $"{where}: {string.Join('\n', log.Lines)}");
        after.Dispose();
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
}
