using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>Several threads on one union: no exception, no lock out of order, nothing held at the end, and the tree is as it is after a remount.</summary>
public class ConcurrencyTests
{
    private const int Threads = 4;
    private const int Steps = 4000;

    [Fact]
    public void ThreadsMayDoAnythingAtOnce()
    {
        const int Seed = 77;
        var random = new Random(Seed);
        using var u = new UnionFixture([], [RandomStep.DrawLayer(random, true), RandomStep.DrawLayer(random, false), RandomStep.DrawLayer(random, false)]);
        var failures = new List<Exception>();
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(i => new Thread(() => Run(u, new Random(Seed + i + 1), failures)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.True(failures.Count == 0, $"seed {Seed}: {failures.FirstOrDefault()}");
        Assert.Equal(1, u.Union.Table.Count);
        const TreeOptions Seen = TreeOptions.Times | TreeOptions.DirectoryTimes;
        TreeSnapshot live = TreeSnapshot.Of(u.Union, Seen);
        u.Remount();
        TreeSnapshot.AssertSame(live, TreeSnapshot.Of(u.Union, Seen), $"seed {Seed}, after the remount");
    }

    [Fact]
    public void OneFileIsCopiedOnceWhoeverAsks()
    {
        using var u = new UnionFixture([], [["d/f=x"]], copyUp: CopyUpMode.Full);
        var low = (FileInode)((DirectoryInode)u.Lowers[0].Root.Lookup("d"u8).Value).Lookup("f"u8).Value;
        Assert.Equal(Errno.None, low.Write(0, new byte[3 << 20], out _));
        u.LowersMayDiffer();
        u.Top.GetStatistics(out Statistics before);
        Inode file = u.Walk("d/f").Value;
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(i => new Thread(() => Assert.Equal(Errno.None, ((FileInode)file).Write(i, [(byte)(i + 1)], out _))))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        byte[] start = new byte[Threads];
        Assert.Equal(Errno.None, ((FileInode)file).Read(0, start, out _));
        Assert.Equal([1, 2, 3, 4], start);
        u.Top.GetStatistics(out Statistics after);
        Assert.Equal(2UL, before.FreeInodes - after.FreeInodes);
        Assert.Equal((3UL << 20) / 4096, before.FreeBlocks - after.FreeBlocks);
        file.Release();
    }

    private static void Run(UnionFixture u, Random random, List<Exception> failures)
    {
        try
        {
            var actor = new RandomActor(u.Union);
            for (int number = 0; number < Steps; number++)
            {
                _ = actor.Do(RandomStep.Draw(random, number));
            }

            actor.ReleaseAll();
        }
        catch (Exception failure)
        {
            lock (failures)
            {
                failures.Add(failure);
            }
        }
    }
}
