using System.Globalization;
using Ext2Union.Tests.Support;

namespace Ext2Union.Conformance.Tests.Semantics.Storm;

/// <summary>
/// Eight processes do everything at once in the same directories of a union mounted by the debug build of the real tool, which checks the order
/// of locks. Each knows what only it may change, and what it did to what all change; in the end the tree is exactly the sum. EXT2U_STORM_SECONDS=n
/// sets how long each stack is stormed, EXT2U_SEED=n what the processes draw.
/// </summary>
public sealed class StormTests(ITestOutputHelper output)
{
    private const double ShortSeconds = 8;

    [Fact]
    public void Ext2OverExt2() => Storm(1, image: true, tmpfsTop: false);

    [Fact]
    public void Ext2OverADirectory() => Storm(2, image: false, tmpfsTop: false);

    [Fact]
    public void TmpfsOverExt2() => Storm(3, image: true, tmpfsTop: true);

    private void Storm(int seed, bool image, bool tmpfsTop)
    {
        Need.Root();
        Need.Fuse();
        using var scratch = new ScratchDirectory("storm");
        seed = int.TryParse(Environment.GetEnvironmentVariable("EXT2U_SEED"), CultureInfo.InvariantCulture, out int other) ? other : seed;
        string lower = scratch.Folder("lower"), top = tmpfsTop ? "tmpfs" : scratch["top"];
        StormPlan.MakeLower(lower);
        TreeSnapshot before = TreeSnapshot.Of(lower);
        if (image)
        {
            Ext2uTools.Mkfs(scratch["lower.image"], "64m", "-b", "1024", "-d", lower);
        }

        if (!tmpfsTop)
        {
            Ext2uTools.Mkfs(top, "256m", "-b", "1024");
        }

        string options = $"union,lower={(image ? scratch["lower.image"] : lower)}";
        List<string> journals;
        using (var mount = new MountedExt2u(top, scratch["mount"], options))
        {
            RemoveLocks(mount.FullPath);
            var run = new StormRun(mount.FullPath, scratch.Folder("run"), seed, Seconds, mount.ProcessId);
            journals = run.Run();
            output.WriteLine($"{run.Calls} calls in {Seconds} s");
            if (tmpfsTop)
            {
                JudgeSeesEveryKindOfDifference(mount.FullPath, journals);
            }

            Judge(mount, journals, seed, isRemount: false);
        }

        if (!tmpfsTop)
        {
            Ext2uTools.AssertClean(top);
            using var again = new MountedExt2u(top, scratch["mount"], options);
            Judge(again, journals, seed, isRemount: true);
        }

        TreeSnapshot.AssertSame(before, TreeSnapshot.Of(lower), "the lower changed");
    }

    private static double Seconds =>
        double.TryParse(Environment.GetEnvironmentVariable("EXT2U_STORM_SECONDS"), CultureInfo.InvariantCulture, out double seconds) ? seconds : ShortSeconds;

    // The lower has something under the names of the locks: they are free only as long as their whiteouts hold.
    private static void RemoveLocks(string root)
    {
        for (int index = 0; index < StormPlan.Counters; index++)
        {
            Assert.Equal(Vfs.Errno.None, Posix.RemoveTree(PathBytes.Of($"{root}/{StormPlan.Lock(index)}")));
        }
    }

    private static void JudgeSeesEveryKindOfDifference(string root, List<string> journals)
    {
        foreach (string line in journals.GroupBy(line => line.Split('\t')[0], (_, lines) => lines.Last()))
        {
            string different = line.EndsWith('1') ? line[..^1] + "2" : line[..^1] + "1";
            Assert.True(StormVerdict.Of(root, journals.Select(other => other == line ? different : other)).Length > 0, "not seen: " + line);
        }
    }

    private static void Judge(MountedExt2u mount, List<string> journals, int seed, bool isRemount)
    {
        string faults = StormVerdict.Of(mount.FullPath, journals);
        mount.Unmount();
        Assert.True(faults.Length == 0 && mount.Messages.Length == 0, $"seed {seed}, {(isRemount ? "after a remount" : "after the storm")}:\n{faults}\n{mount.Messages}");
    }
}
