using Ext2Union.Tests.Support;
using Ext2Union.Tmpfs;
using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>
/// Random changes of a file that is copied up block by block, against an array of bytes: writes, truncations, holes, seeks and remounts in between; then the
/// top becomes a lower and a new top is put on it, up to three deep, so that blocks come from anywhere in the chain.
/// </summary>
public class PartialModelTests
{
    private const int Seeds = 360;
    private const int Steps = 40;

    [Theory]
    [InlineData(CopyUpMode.Partial, 0)]
    [InlineData(CopyUpMode.Full, 1_000_000)]
    public void AFileIsWhatWasDoneToItWhereverItsBlocksLie(CopyUpMode mode, int firstSeed)
    {
        for (int seed = firstSeed; seed < firstSeed + (mode == CopyUpMode.Full ? Seeds / 6 : Seeds); seed++)
        {
            List<string> story = [];
            try
            {
                Run(new Random(seed), mode, story);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed}, {mode}\n{string.Join('\n', story)}\n{failure.Message}", failure);
            }
        }
    }

    [Fact]
    public void EachGenerationMayCopyInItsOwnWay()
    {
        for (int seed = 2_000_000; seed < 2_000_000 + Seeds / 6; seed++)
        {
            List<string> story = [];
            try
            {
                Run(new Random(seed), null, story);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed}\n{string.Join('\n', story)}\n{failure.Message}", failure);
            }
        }
    }

    private static void Run(Random random, CopyUpMode? mode, List<string> story)
    {
        var clock = new ManualClock { Seconds = 1000 };
        var file = new PartialFile(random, story);
        List<FileSystem> lowers = [Base(random, clock, file)];
        for (int generation = 0; generation < 3; generation++)
        {
            var top = new TmpfsFileSystem(new TmpfsOptions { Clock = clock, Mode = 0x1ED });
            var log = new RememberingLog();
            var options = new UnionOptions { Clock = clock, Log = log, CopyUp = mode ?? (CopyUpMode)random.Next(2) };
            story.Add($"generation {generation}, {options.CopyUp}");
            UnionFileSystem union = UnionFileSystem.Create(top, lowers, options).Value;
            for (int step = 0; step < Steps; step++)
            {
                clock.Seconds++;
                With(union, file.Step);
                if (random.Next(8) == 0)
                {
                    story.Add("remount");
                    Assert.Equal(Errno.None, union.Unmount());
                    union = UnionFileSystem.Create(top, lowers, options).Value;
                    With(union, file.Compare);
                }
            }

            With(union, file.Compare);
            Assert.Empty(log.Lines);
            Assert.Equal(1, union.Table.Count);
            Assert.Equal(Errno.None, union.Unmount());
            lowers.Insert(0, top);
        }

        lowers.ForEach(lower => lower.Dispose());
    }

    private static void With(UnionFileSystem union, Action<FileInode> use)
    {
        var file = (FileInode)union.Root.Lookup("f"u8).Value;
        use(file);
        file.Release();
    }

    private static TmpfsFileSystem Base(Random random, ManualClock clock, PartialFile file)
    {
        var layer = new TmpfsFileSystem(new TmpfsOptions { Clock = clock, AsLower = true, Mode = 0x1ED });
        var inode = (FileInode)layer.Root.Create("f"u8, new NewInode { Mode = 0x81A4 }).Value;
        file.Fill(inode, random.Next(3) == 0 ? random.Next(9000) : random.Next(100_000));
        inode.Release();
        return layer;
    }
}
