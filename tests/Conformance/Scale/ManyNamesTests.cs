using System.Diagnostics;
using System.Text;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Scale;

/// <summary>Costs that must not grow with the directory, and memory that must not grow with the tree.</summary>
public sealed class ManyNamesTests
{
    private const int Many = 200_000;
    private const int Few = 20_000;

    [Fact]
    public void DirectoryOfManyNamesCostsTheSamePerName()
    {
        Need.Root();
        Need.Fuse();
        using var scratch = new ScratchDirectory("names");
        Ext2uTools.Mkfs(scratch["image"], "2g", "-N", "300000");
        using MountedExt2u mount = Ext2uTools.Mount(scratch["image"], scratch["mount"]);
        (string Step, TimeSpan Cost)[] few = Run(Path.Combine(mount.FullPath, "few"), Few);
        (string Step, TimeSpan Cost)[] many = Run(Path.Combine(mount.FullPath, "many"), Many);
        for (int index = 0; index < few.Length; index++)
        {
            // Ten times the names may cost ten times the time; a quadratic step would cost a hundred times. The rest is for a busy machine.
            double ratio = many[index].Cost / few[index].Cost;
            Assert.True(ratio < 35, $"{many[index].Step}: {Few} names {few[index].Cost.TotalSeconds:F2} s, {Many} names {many[index].Cost.TotalSeconds:F2} s");
        }

        mount.Unmount();
        E2fsck.AssertClean(scratch["image"]);
    }

    [Fact]
    public void WalkOfManyFilesNeedsLittleMemory()
    {
        Need.Root();
        Need.Fuse();
        using var scratch = new ScratchDirectory("walk");
        string tree = scratch.Folder("tree");
        using (var tmpfs = new Differential.TmpfsMount(tree))
        {
            ProcessRunner.Bash($"for d in $(seq 200); do mkdir $d; (cd $d; seq {Many / 200} | xargs touch); done", tree);
            Ext2uTools.Mkfs(scratch["base"], "2g", "-N", "250000", "-d", tree);
        }

        Ext2uTools.Mkfs(scratch["top"], "1g", "-N", "250000");
        foreach ((string what, string options) in ((string, string)[])[(scratch["base"], ""), (scratch["top"], $"union,lower={scratch["base"]}")])
        {
            using MountedExt2u mount = Ext2uTools.Mount(what, scratch["mount"], options);
            long highest = 0;
            using (var find = Process.Start(new ProcessStartInfo("/usr/bin/find", [mount.FullPath, "-size", "+5", "-name", "x"]))!)
            {
                while (!find.WaitForExit(50))
                {
                    highest = Math.Max(highest, mount.AnonymousKilobytes());
                }

                Assert.Equal(0, find.ExitCode);
            }

            Assert.True(highest < 150 * 1024, $"{options}: RssAnon reached {highest} KiB");
            Assert.Equal(Many + 200 + 2, int.Parse(ProcessRunner.Bash($"find {mount.FullPath} | wc -l")));
            mount.Unmount();
        }
    }

    private static (string Step, TimeSpan Cost)[] Run(string folder, int count)
    {
        byte[][] paths = [.. Enumerable.Range(0, count).Select(index => Encoding.ASCII.GetBytes($"{folder}/a-name-{index}"))];
        byte[] directory = PathBytes.Of(folder);
        Assert.Equal(Errno.None, Posix.MakeDirectory(directory, 0x1ED));
        return
        [
            Timed("create", () => All(paths, path => Posix.MakeNode(path, 0x81A4, default))),
            Timed("look up", () => All(paths, path => Posix.Stat(path).Error)),
            Timed("list", () => Assert.Equal(count, Posix.List(directory).Value.DistinctBy(Encoding.ASCII.GetString).Count())),
            Timed("delete", () => All(paths, Posix.Unlink)),
        ];
    }

    private static void All(byte[][] paths, Func<byte[], Errno> call)
    {
        foreach (byte[] path in paths)
        {
            Assert.Equal(Errno.None, call(path));
        }
    }

    private static (string Step, TimeSpan Cost) Timed(string step, Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return (step, Stopwatch.GetElapsedTime(start));
    }
}
