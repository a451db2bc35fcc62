using Ext2Union.BlockDevices;
using Ext2Union.Conformance.Tests.Differential;
using Ext2Union.Tests.Support;
using Ext2Union.Union;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Semantics.Rotation;

/// <summary>
/// Today's top becomes tomorrow's highest lower, ten times over, with random changes in between: the tree that is seen stays exactly what the
/// changes made of it, and no byte of a lower changes.
/// </summary>
public sealed class RotationTests
{
    private const int Rotations = 10;

    [Fact]
    public void InProcess()
    {
        using var scratch = new ScratchDirectory("rotation");
        foreach (int seed in Seeds.Of(8))
        {
            Seeds.Check(seed, StepsOf(seed, 30).Steps, steps =>
            {
                List<Operation> lowerSteps = StepsOf(seed, 30).Lower;
                var options = new UnionOptions
                {
                    Fallthru = seed % 4 == 3 ? FallthruMode.Memory : FallthruMode.Persist,
                    CopyUp = seed % 3 == 0 ? CopyUpMode.Full : CopyUpMode.Partial,
                };
                using var reference = new VfsTarget(MemoryVolume.Mount(Filled(seed, lowerSteps)), RotationRun.Compared, same => same);
                using var stack = new MemoryStack(seed, scratch.FullPath, options, Filled(seed, lowerSteps));
                return RotationRun.Run(steps, stack, reference);
            });
        }
    }

    [Fact]
    public void ThroughTheRealTool()
    {
        Need.Root();
        Need.Fuse();
        _ = SystemMount.SetUmask(0);
        using var scratch = new ScratchDirectory("rotation");
        foreach (int seed in Seeds.Of(3))
        {
            string folder = scratch.Folder($"{seed}");
            PosixTarget reference = New(folder + "/reference"), lower = New(folder + "/lower");
            (List<Operation> lowerSteps, List<Operation> steps) = StepsOf(seed, 40);
            foreach (Operation step in lowerSteps)
            {
                _ = Executor.Apply(reference, step);
                _ = Executor.Apply(lower, step);
            }

            _ = lower.SetTimes("", Arena.RootTime);
            _ = reference.SetTimes("", Arena.RootTime);
            using var stack = new MountedStack(folder, seed % 3 == 0 ? ",copyup=full" : "", folder + "/lower");
            string? fault = RotationRun.Run(steps, stack, reference);
            Assert.True(fault is null, $"seed {seed}: {fault}");
        }
    }

    private static (List<Operation> Lower, List<Operation> Steps) StepsOf(int seed, int between)
    {
        var generator = new OperationGenerator(seed, specialModes: false);
        return (RotationRun.LowerTree(generator), RotationRun.Sequence(generator, Rotations, between));
    }

    private static PosixTarget New(string folder)
    {
        _ = Directory.CreateDirectory(folder);
        return new PosixTarget(folder, RotationRun.Compared, () => { });
    }

    private static MemoryBlockDevice Filled(int seed, List<Operation> steps)
    {
        MemoryBlockDevice device = MemoryStack.Fresh(seed);
        using var target = new VfsTarget(MemoryVolume.Mount(device), RotationRun.Compared, same => same);
        foreach (Operation step in steps)
        {
            _ = Executor.Apply(target, step);
        }

        _ = target.SetTimes("", Arena.RootTime);
        Assert.Equal(Errno.None, target.Unmount());
        return device;
    }
}
