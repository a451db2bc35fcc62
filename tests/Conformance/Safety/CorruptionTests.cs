using System.Text;
using Ext2Union.BlockDevices;
using Ext2Union.Conformance.Tests.Differential;
using Ext2Union.Ext2.Fsck;
using Ext2Union.Ext2.Mkfs;
using Ext2Union.Ext2.Volume;
using Ext2Union.Tests.Support;
using Ext2Union.Tmpfs;
using Ext2Union.Union;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Safety;

/// <summary>
/// Two thousand damaged images: mounting, walking and writing them, and checking and repairing them, ends soon, in bounded memory and without an
/// exception; what was repaired once needs no second repair.
/// </summary>
public sealed class CorruptionTests
{
    private const int Mutations = 2000;
    private const long MostBytes = 400L << 20;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void DamagedVolumesAreMountedWalkedAndWritten()
    {
        (MemoryBlockDevice whole, List<Operation> after) = Filled();
        List<long> words = Mutation.WordsInUse(whole);
        int mounted = 0, tried = 0;
        Judge(seed =>
        {
            MemoryBlockDevice damaged = Mutation.Damage(whole, words, seed);
            mounted += MountWalkWrite(damaged, after, seed) ? 1 : 0;
            tried++;
        });
        Assert.True(tried < 100 || mounted > tried / 2, $"only {mounted} of {tried} damaged volumes were mounted: little was tested");
    }

    [Fact]
    public void DamagedVolumesAreRepairedOnceAndForAll()
    {
        (MemoryBlockDevice whole, _) = Filled();
        List<long> words = Mutation.WordsInUse(whole);
        using var scratch = new ScratchDirectory("repair");
        int gaveUp = 0, tried = 0;
        Judge(seed =>
        {
            gaveUp += RepairTwice(Mutation.Damage(whole, words, seed), seed % 100 == 0 ? scratch.FullPath : null) ? 0 : 1;
            tried++;
        });
        Assert.True(tried < 100 || gaveUp < tried / 10, $"{gaveUp} of {tried} damaged volumes were given up: a superblock is damaged far less often");
    }

    private static bool MountWalkWrite(MemoryBlockDevice damaged, List<Operation> after, int seed)
    {
        bool isLower = seed % 8 == 4;
        if (!Ext2Volume.TryMount(new KeptBlockDevice(damaged), new Ext2MountOptions { IsLower = isLower }, out Ext2Volume? volume, out _))
        {
            return false;
        }

        FileSystem? mounted = seed % 8 == 0 ? Stacked(volume, SmallLower())
            : isLower ? Stacked(new TmpfsFileSystem(new TmpfsOptions()), volume)
            : volume;
        return mounted is not null && WalkWrite(mounted, after);
    }

    private static TmpfsFileSystem SmallLower()
    {
        var lower = new TmpfsFileSystem(new TmpfsOptions { AsLower = true });
        Apply(new VfsTarget(lower, TreeOptions.None, same => same), new OperationGenerator(4711, specialModes: true).LowerTree(30));
        return lower;
    }

    private static UnionFileSystem? Stacked(FileSystem top, FileSystem lower) =>
        UnionFileSystem.Create(top, [lower], new UnionOptions()).TryGet(out UnionFileSystem union, out _) ? union : null;

    private static bool WalkWrite(FileSystem volume, List<Operation> after)
    {
        using var target = new VfsTarget(volume, TreeOptions.None, same => same);
        BoundedWalk.Run(volume);
        foreach (Operation step in after)
        {
            _ = Executor.Apply(target, step);
        }

        _ = volume.GetStatistics(out _);
        _ = volume.Sync();
        _ = volume.Unmount();
        return true;
    }

    // False when it gave up, as it must where nothing is a superblock (the volume is one group: there is no backup) or features are unknown.
    private static bool RepairTwice(MemoryBlockDevice damaged, string? stockFolder)
    {
        var options = new CheckOptions { Name = "damaged", Mode = CheckMode.Yes, Force = true };
        CheckResult first = Checker.Run(damaged, options, Interaction.Silent);
        if (first.Exit is ExitCode.Operational or (ExitCode.Operational | ExitCode.Corrected))
        {
            return false;
        }

        Assert.True(first.Exit is ExitCode.Clean or ExitCode.Corrected, $"{first.Exit}: {first.Left} problems left of {string.Join(' ', first.Raised)}");

        string? second = MemoryVolume.Check(damaged);
        Assert.True(second is null, $"first: {string.Join(' ', first.Raised)}\n{second}");
        if (stockFolder is not null)
        {
            string? stock = MemoryVolume.CheckByStock(damaged, stockFolder);
            Assert.True(stock is null, $"first: {string.Join(' ', first.Raised)}\n{stock}");
        }

        return true;
    }

    private static void Judge(Action<int> check)
    {
        var faults = new List<string>();
        foreach (int seed in Seeds.Of(Mutations))
        {
            if (Bounded(() => check(seed)) is { } fault)
            {
                faults.Add($"seed {seed} (run it alone with EXT2U_SEED={seed}) {fault}");
            }
        }

        Assert.True(faults.Count == 0, $"{faults.Count} seeds failed\n{string.Join('\n', faults.Take(12))}");
    }

    // A thread of its own, so that a hang is a failure that names its seed.
    private static string? Bounded(Action action)
    {
        string? failure = null;
        long allocated = 0;
        void Run()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                action();
            }
            catch (Exception caught)
            {
                failure = caught.ToString();
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        var thread = new Thread(Run) { IsBackground = true };
        thread.Start();
        return !thread.Join(Limit) ? $"did not end within {Limit.TotalSeconds} s"
            : failure is not null ? failure
            : allocated > MostBytes ? $"allocated {allocated >> 20} MiB"
            : Environment.WorkingSet > 4L << 30 ? "let the process grow beyond 4 GiB"
            : null;
    }

    // The top of a union that has lived: files of all sizes, an indexed directory, xattrs, links, and every kind of mark.
    private static (MemoryBlockDevice Device, List<Operation> After) Filled()
    {
        var generator = new OperationGenerator(4711, specialModes: true);
        var lower = new TmpfsFileSystem(new TmpfsOptions { AsLower = true });
        var lowerTarget = new VfsTarget(lower, TreeOptions.None, same => same);
        Apply(lowerTarget, generator.LowerTree(60));
        MemoryBlockDevice device = MemoryVolume.Format(6 << 20, new FormatOptions { BlockBytes = 1024, InodeBytes = 256, InodeCount = 1500 });
        Assert.True(UnionFileSystem.Create(MemoryVolume.Mount(device), [lower], new UnionOptions()).TryGet(out UnionFileSystem union, out _));
        using var target = new VfsTarget(union, TreeOptions.None, same => same);
        Apply(target, generator.Sequence(250));
        for (int index = 0; index < 300; index++)
        {
            _ = target.MakeDirectory("indexed", 0x1ED);
            _ = target.MakeFile($"indexed/{index}-{new string('i', 40)}", 0x1A4, index % 30 == 0 ? new byte[20_000] : Encoding.ASCII.GetBytes("content"));
        }

        List<Operation> after = [.. generator.Sequence(60).Where(step => step.Kind is not (OperationKind.RemoveTree or OperationKind.Compare or OperationKind.Remount))];
        Assert.Equal(Errno.None, target.Unmount());
        Assert.Null(MemoryVolume.Check(device));
        return (device, after);
    }

    private static void Apply(VfsTarget target, List<Operation> steps) =>
        steps.Where(step => step.Kind is not (OperationKind.Compare or OperationKind.Remount)).ToList().ForEach(step => Executor.Apply(target, step));
}
