using Ext2Union.BlockDevices;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests.Xattrs;

/// <summary>
/// A power loss while attributes change, writes torn at sectors: every inode shows all its attributes as they were at one moment since the last
/// sync, before and after e2fsck has put counts right.
/// </summary>
public sealed class XattrCrashTests
{
    private const int Files = 6;

    private static readonly string[] Harmless =
        ["Pass ", "ref count is", "reference count", "Block bitmap differences", "Free blocks count wrong", "FILE SYSTEM WAS MODIFIED", "Fix? yes", "e2fsck 1", "files ("];

    [Theory]
    [InlineData(1, 128)]
    [InlineData(2, 256)]
    [InlineData(3, 256)]
    public void Attributes_change_whole_or_not_at_all(int seed, int inodeBytes)
    {
        using ScratchDirectory scratch = new("xattrs");
        using MemoryBlockDevice start = Start(scratch, inodeBytes);
        RecordingBlockDevice recording = new(start.Clone());
        Assert.True(Ext2Volume.TryMount(recording, new Ext2MountOptions(), out Ext2Volume? volume, out string? refusal), refusal);
        Random random = new(seed);
        List<(int From, int Until, int File, string State)> past = [.. Enumerable.Range(0, Files).Select(file => (0, int.MaxValue, file, ""))];
        for (int step = 0; step < 250; step++)
        {
            int file = random.Next(Files);
            Change(random, volume, file);
            past.Add((0, int.MaxValue, file, StateOf(volume, file)));
            if (random.Next(8) == 0)
            {
                Assert.Equal(Errno.None, volume.Sync());
                string[] now = [.. Enumerable.Range(0, Files).Select(each => StateOf(volume, each))];
                past = [.. past.Select(p => p.Until == int.MaxValue && now[p.File] != p.State ? p with { Until = recording.Count } : p)];
            }
        }

        for (int sample = 0; sample < 40; sample++)
        {
            int count = random.Next(1, recording.Count + 1);
            using MemoryBlockDevice crashed = start.Clone();
            Assert.Equal(Errno.None, recording.ReplayCrash(crashed, count, random));
            string where = $"seed {seed}, crash {sample} at operation {count} of {recording.Count}";
            HashSet<string>[] allowed = [.. Enumerable.Range(0, Files).Select(file =>
                past.Where(p => p.File == file && count < p.Until).Select(p => p.State).ToHashSet())];
            Compare(crashed.Clone(), allowed, where);
            if (sample % 4 == 0)
            {
                Compare(Mend(crashed, scratch["crashed"], where), allowed, where + ", mended");
            }
        }

        volume.Dispose();
    }

    private static MemoryBlockDevice Start(ScratchDirectory scratch, int inodeBytes)
    {
        string tree = scratch.Folder("tree");
        for (int file = 0; file < Files; file++)
        {
            File.WriteAllText($"{tree}/f{file}", "content");
        }

        new Mke2fs { BlockBytes = 1024, InodeBytes = inodeBytes, Bytes = 2 << 20, Tree = tree }.Make(scratch["image"]);
        return Load(scratch["image"]);
    }

    private static MemoryBlockDevice Load(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        MemoryBlockDevice memory = new(bytes.Length);
        Assert.Equal(Errno.None, memory.Write(0, bytes));
        return memory;
    }

    // Few values, so that blocks are shared and left; some that fit in the inode and some that do not, so that attributes move.
    private static void Change(Random random, Ext2Volume volume, int file)
    {
        Inode inode = volume.Root.Lookup(XattrImage.B($"f{file}")).Value;
        byte[] name = XattrImage.B($"user.{(char)('a' + random.Next(3))}");
        byte[] value = new byte[random.Next(3) == 0 ? 600 : random.Next(1, 3) * 20];
        Array.Fill(value, (byte)random.Next(1, 4));
        Errno error = random.Next(4) == 0 ? inode.RemoveXattr(name) : inode.SetXattr(name, value, XattrFlags.None);
        Assert.True(error is Errno.None or Errno.ENODATA or Errno.ENOSPC, $"{error}");
        inode.Release();
    }

    private static string StateOf(Ext2Volume volume, int file)
    {
        Inode inode = volume.Root.Lookup(XattrImage.B($"f{file}")).Value;
        byte[] buffer = new byte[2048];
        Errno error = inode.ListXattr(buffer, out int length);
        if (error != Errno.None)
        {
            return $"{error}";
        }

        List<string> names = Posix.SplitXattrs(buffer.AsSpan(0, length));
        string state = string.Concat(names.Select(name =>
        {
            Assert.Equal(Errno.None, inode.GetXattr(XattrImage.B(name), buffer, out int bytes));
            bool isWhole = buffer.AsSpan(0, bytes).IndexOfAnyExcept(buffer[0]) < 0;
            return $"{name}={(isWhole ? buffer[0] : "torn")}*{bytes} ";
        }));
        inode.Release();
        return state;
    }

    private static void Compare(MemoryBlockDevice crashed, HashSet<string>[] allowed, string where)
    {
        Assert.True(Ext2Volume.TryMount(crashed, new Ext2MountOptions { IsReadOnly = true }, out Ext2Volume? volume, out string? refusal), refusal);
        for (int file = 0; file < Files; file++)
        {
            string found = StateOf(volume, file);
            Assert.True(allowed[file].Contains(found), $"{where}: f{file} has '{found}', not one of: {string.Join(" | ", allowed[file])}");
        }

        volume.Dispose();
    }

    private static MemoryBlockDevice Mend(MemoryBlockDevice crashed, string path, string where)
    {
        byte[] bytes = new byte[crashed.Length];
        Assert.Equal(Errno.None, crashed.Read(0, bytes));
        File.WriteAllBytes(path, bytes);
        ProcessResult check = ProcessRunner.Run("/sbin/e2fsck", "-fy", path);
        string[] found = [.. check.Output.Split('\n').Where(line => line.Length > 0 && !Harmless.Any(line.Contains))];
        Assert.True(check.ExitCode is 0 or 1 && found.Length == 0, $"{where}: {string.Join('\n', found)}\n{check}");
        return Load(path);
    }
}
