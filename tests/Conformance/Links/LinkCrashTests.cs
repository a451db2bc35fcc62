using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Fsck;
using Ext2Union.Ext2.Mkfs;
using Ext2Union.Ext2.Volume;
using Ext2Union.Tests.Support;
using Ext2Union.Union;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Links;

/// <summary>
/// The power goes while names of a hard-linked lower file are changed: each step is found done or not done, all names of the file show one content, and its count is
/// never lower than the names that are left.
/// </summary>
public sealed class LinkCrashTests
{
    private const long Bytes = 4 << 20;
    private static readonly string[] Paths = ["a", "b", "d/c", "e", "f", "g", "single"];

    private static readonly (string Name, Func<DirectoryInode, Errno> Do)[] Steps =
    [
        ("write through a name", root => LinkTree.Write(root, "a", "new")),
        ("rename another", root => LinkTree.Rename(root, "b", "e")),
        ("remove the first", root => LinkTree.Unlink(root, "a")),
        ("link one more", root => LinkTree.Link(root, "d/c", "f")),
        ("make a file", root => LinkTree.Create(root, "g", "own")),
        ("replace a name that lies below", root => LinkTree.Rename(root, "g", "d/c")),
        ("exchange", root => LinkTree.Rename(root, "e", "single", RenameFlags.Exchange)),
        ("remove one", root => LinkTree.Unlink(root, "f")),
        ("remove the last", root => LinkTree.Unlink(root, "single")),
        ("start again below", root => LinkTree.Unlink(root, "d/c")),
    ];

    [Theory]
    [InlineData(CopyUpMode.Full, 256, 1)]
    [InlineData(CopyUpMode.Partial, 256, 2)]
    [InlineData(CopyUpMode.Partial, 128, 3)]
    public void EachStepIsFoundDoneOrNotDone(CopyUpMode mode, int inodeBytes, int seed)
    {
        using var scratch = new ScratchDirectory("linkcrash");
        using MemoryBlockDevice lower = Lower();
        using MemoryBlockDevice start = MemoryVolume.Format(Bytes, new FormatOptions { BlockBytes = 1024, InodeBytes = inodeBytes });
        var recording = new RecordingBlockDevice(start.Clone());
        Assert.True(Ext2Volume.TryMount(recording, new Ext2MountOptions(), out Ext2Volume? volume, out string? refusal), refusal);
        UnionFileSystem union = Stack(volume, lower, mode);
        var epochs = new List<(int From, string State)>();
        Mark();
        foreach ((string name, Func<DirectoryInode, Errno> step) in Steps)
        {
            Errno error = step(union.Root);
            Assert.True(error == Errno.None, $"{name}: {error}");
            Mark();
        }

        var random = new Random(seed);
        for (int count = epochs[0].From; count <= recording.Count; count++)
        {
            int epoch = epochs.FindLastIndex(mark => mark.From <= count);
            string[] allowed = [epochs[epoch].State, epochs[Math.Min(epoch + 1, epochs.Count - 1)].State];
            for (int sample = 0; sample < 3; sample++)
            {
                using MemoryBlockDevice crashed = start.Clone();
                Assert.Equal(Errno.None, sample == 0 ? recording.ReplayPrefix(crashed, count) : recording.ReplayCrash(crashed, count, random));
                string where = $"seed {seed}, sample {sample}, operation {count} of {recording.Count}, after \"{(epoch == 0 ? "mount" : Steps[epoch - 1].Name)}\"";
                Judge(crashed, lower, mode, allowed, where);
                if (sample == 0 && count % 16 == 0)
                {
                    Assert.Null(MemoryVolume.CheckByStock(crashed, scratch.FullPath));
                }
            }
        }

        union.Dispose();

        void Mark()
        {
            Assert.Equal(Errno.None, union.Sync());
            epochs.Add((recording.Count, StateOf(union.Root, out _)));
        }
    }

    private static MemoryBlockDevice Lower()
    {
        MemoryBlockDevice device = MemoryVolume.Format(Bytes, new FormatOptions { BlockBytes = 1024 });
        Ext2Volume volume = MemoryVolume.Mount(device);
        Assert.Equal(Errno.None, LinkTree.MakeDirectory(volume.Root, "d"));
        Assert.Equal(Errno.None, LinkTree.Create(volume.Root, "a", "old"));
        Assert.Equal(Errno.None, LinkTree.Create(volume.Root, "single", "one"));
        Assert.Equal(Errno.None, LinkTree.Link(volume.Root, "a", "b"));
        Assert.Equal(Errno.None, LinkTree.Link(volume.Root, "a", "d/c"));
        Assert.Equal(Errno.None, volume.Unmount());
        volume.Dispose();
        return device;
    }

    private static UnionFileSystem Stack(FileSystem top, MemoryBlockDevice lower, CopyUpMode mode) =>
        UnionFileSystem.Create(top, [MemoryVolume.Mount(lower, asLower: true)], new UnionOptions { CopyUp = mode }).Value;

    private static void Judge(MemoryBlockDevice crashed, MemoryBlockDevice lower, CopyUpMode mode, string[] allowed, string where)
    {
        CheckResult result = Checker.Preen(crashed, "crashed", out string line);
        Assert.True((result.Exit & ~ExitCode.Corrected) == ExitCode.Clean, $"{where}: {line}");
        Assert.True(MemoryVolume.Check(crashed) is null, where + ": " + MemoryVolume.Check(crashed));
        UnionFileSystem union = Stack(MemoryVolume.Mount(crashed), lower, mode);
        string found = StateOf(union.Root, out string? fault);
        Assert.True(allowed.Contains(found), $"{where}: found {found}, neither {string.Join(" nor ", allowed)}");
        Assert.True(fault is null, $"{where}: {fault}");
        Assert.Equal(Errno.None, union.Unmount());
        union.Dispose();
    }

    // Names with contents, those of one file by one letter; what is wrong with counts, if anything is.
    private static string StateOf(DirectoryInode root, out string? fault)
    {
        fault = null;
        var state = new List<string>();
        var files = new Dictionary<ulong, (int Names, uint Links)>();
        foreach (string path in Paths)
        {
            if (LinkTree.Walk(root, path).TryGet(out Inode inode, out Errno error))
            {
                Attributes attributes = LinkTree.Stat(inode);
                files[attributes.Inode] = (files.GetValueOrDefault(attributes.Inode).Names + 1, attributes.LinkCount);
                state.Add($"{path}={LinkTree.Read(inode)}{(attributes.Inode >> 48 == 0 ? " own" : "")}");
                inode.Release();
            }
            else
            {
                Assert.Equal(Errno.ENOENT, error);
            }
        }

        foreach ((ulong number, (int names, uint links)) in files)
        {
            fault = links < names ? $"inode {number:x} has {names} names and counts {links}" : fault;
        }

        return string.Join(' ', state);
    }
}
