using Ext2Union.Tests.Support;
using Ext2Union.Tmpfs;
using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>
/// Random sequences on a union and on a plain file system that begins as a copy of what the union shows: they must answer the same and end the same,
/// with the union taken down and stacked anew in between. The lowers may be former tops, full of marks.
/// </summary>
public class RandomOperationsTests
{
    private const int Seeds = 700;
    private const int Steps = 60;
    private const TreeOptions Seen = TreeOptions.Times | TreeOptions.DirectoryTimes | TreeOptions.LinkCounts;

    [Theory]
    [InlineData(FallthruMode.Persist, 0)]
    [InlineData(FallthruMode.Memory, 1_000_000)]
    public void AUnionBehavesAsThePlainTreeItShows(FallthruMode mode, int firstSeed)
    {
        for (int seed = firstSeed; seed < firstSeed + Seeds; seed++)
        {
            var random = new Random(seed);
            var run = new RandomRun(random, mode);
            try
            {
                run.Compare(Seen, "at the start");
                for (int number = 0; number < Steps; number++)
                {
                    run.Step(RandomStep.Draw(random, number));
                    if (random.Next(20) == 0)
                    {
                        run.Remount();
                        run.Compare(Seen, $"after a remount at step {number}");
                    }
                }

                run.Compare(Seen, "at the end");
                run.CompareAsFormerTop(Seen);
                run.Finish();
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed}, {mode}\n{run.Story}\n{failure.Message}", failure);
            }
        }
    }

    [Fact]
    public void AFailureAnywhereLeavesWhatWasThere()
    {
        for (int seed = 5_000_000; seed < 5_000_000 + Seeds; seed++)
        {
            var random = new Random(seed);
            var run = new RandomRun(random, FallthruMode.Persist);
            var faulty = new FaultyLayer(run.Top);
            try
            {
                run.Remount(faulty);
                for (int number = 0; number < Steps / 2; number++)
                {
                    RandomStep step = RandomStep.Draw(random, number);
                    if (step.Kind is "overwrite" or "create")
                    {
                        // Two calls each: the first may succeed, and what it did stays.
                        continue;
                    }

                    faulty.Failure = random.Next(2) == 0 ? Errno.EIO : Errno.ENOSPC;
                    faulty.Countdown = random.Next(12);
                    run.FaultyStep(step, faulty.Failure);
                    faulty.Countdown = -1;
                    if (number % 6 == 5)
                    {
                        run.Compare(TreeOptions.Times | TreeOptions.LinkCounts, $"at step {number}");
                    }
                }

                run.Remount(run.Top);
                run.Compare(TreeOptions.Times | TreeOptions.LinkCounts, "at the end");
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed}\n{run.Story}\n{failure.Message}", failure);
            }
        }
    }

    private sealed class RandomRun
    {
        private readonly ManualClock clock = new();
        private readonly FileSystem[] lowers;
        private readonly List<string> before;
        private readonly UnionOptions options;
        private readonly RandomActor left;
        private readonly RandomActor right;
        private readonly System.Text.StringBuilder story = new();
        private UnionFileSystem union;

        public RandomRun(Random random, FallthruMode mode)
        {
            string[][] words = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => RandomStep.DrawLayer(random, marks: random.Next(2) == 0))];
            string[] topWords = random.Next(2) == 0 ? [] : RandomStep.DrawLayer(random, marks: true);
            story.AppendLine($"top: {string.Join("  ", topWords)}");
            foreach (string[] layer in words)
            {
                story.AppendLine($"lower: {string.Join("  ", layer)}");
            }

            lowers = [.. words.Select(layer => LayerRecipe.Build(clock, true, layer))];
            Top = LayerRecipe.Build(clock, false, topWords);
            options = new UnionOptions { Fallthru = mode, Clock = clock };
            union = UnionFileSystem.Create(Top, lowers, options).Value;
            before = [.. lowers.Select(LayerDump.Of)];
            clock.Seconds = 5000;
            var plain = new TmpfsFileSystem(new TmpfsOptions { Clock = clock });
            CopyTree(union.Root, plain.Root);
            left = new RandomActor(plain);
            right = new RandomActor(union);
        }

        public TmpfsFileSystem Top { get; }

        public string Story => story.ToString();

        public void Step(RandomStep step)
        {
            clock.Seconds++;
            story.AppendLine(step.ToString());
            Assert.Equal(left.Do(step), right.Do(step));
        }

        public void FaultyStep(RandomStep step, Errno failure)
        {
            clock.Seconds++;
            story.AppendLine(step.ToString());
            string answer = right.Do(step);
            if (answer != $"{failure}")
            {
                Assert.Equal(left.Do(step), answer);
            }
        }

        public void Remount(FileSystem? top = null)
        {
            story.AppendLine("remount");
            left.ReleaseAll();
            right.ReleaseAll();
            Assert.Equal(1, union.Table.Count);
            Assert.Equal(Errno.None, union.Unmount());
            union = UnionFileSystem.Create(top ?? Top, lowers, options).Value;
            right.FileSystem = union;
        }

        public void Compare(TreeOptions seen, string when) =>
            TreeSnapshot.AssertSame(TreeSnapshot.Of(left.FileSystem, seen), TreeSnapshot.Of(union, seen), when);

        /// <summary>What was the top is the highest lower of a new union, marks, origins and all: nothing that can be seen differs.</summary>
        public void CompareAsFormerTop(TreeOptions seen)
        {
            Remount();
            Assert.Equal(Errno.None, union.Unmount());
            TmpfsFileSystem fresh = LayerRecipe.Build(clock, false);
            union = UnionFileSystem.Create(fresh, [Top, .. lowers], options).Value;
            right.FileSystem = union;
            Compare(seen, "over the former top");
            story.AppendLine("from here on over the former top");
            var random = new Random(1);
            for (int number = 0; number < 10; number++)
            {
                Step(RandomStep.Draw(random, number));
            }

            Compare(seen, "at the end, over the former top");
        }

        public void Finish()
        {
            left.ReleaseAll();
            right.ReleaseAll();
            Assert.Equal(1, union.Table.Count);
            Assert.Equal(before, lowers.Select(LayerDump.Of));
            union.Dispose();
            left.FileSystem.Dispose();
        }

        private static void CopyTree(DirectoryInode from, DirectoryInode to)
        {
            // By lookup, not by a listing: a listing of the union would already seal what the sequence is to find transparent.
            foreach (string name in (string[])["a", "b", "c", "d"])
            {
                byte[] bytes = UnionFixture.B(name);
                if (!from.Lookup(bytes).TryGet(out Inode source, out _))
                {
                    continue;
                }

                _ = source.GetAttributes(out Attributes attributes);
                byte[] target = new byte[4096];
                int length = 0;
                _ = source is SymlinkInode link ? link.ReadTarget(target, out length) : Errno.None;
                Inode copy = to.Create(bytes, new NewInode { Mode = attributes.Mode, Target = target.AsSpan(0, length) }).Value;
                if (source is FileInode file)
                {
                    Assert.Equal(Errno.None, FileDataCopy.Run(file, (FileInode)copy, attributes.Size));
                }
                else if (source is DirectoryInode directory)
                {
                    CopyTree(directory, (DirectoryInode)copy);
                }

                Assert.Equal(Errno.None, AttributeCopy.Run(source, copy, out _));
                source.Release();
                copy.Release();
            }

            Assert.Equal(Errno.None, AttributeCopy.Run(from, to, out _));
        }
    }
}
