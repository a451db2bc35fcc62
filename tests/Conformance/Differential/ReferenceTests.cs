using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>
/// The reference and the machinery around it, proved before they judge: over a single lower the kernel's overlayfs must look like a plain
/// copy of that lower on which the same steps were done.
/// </summary>
public sealed class ReferenceTests
{
    [Fact]
    public void OverlayLooksLikeAPlainCopy()
    {
        Need.KernelFileSystem("overlay");
        using var scratch = new ScratchDirectory("reference");
        using var tmpfs = new TmpfsMount(scratch["tmpfs"]);
        int run = 0;
        foreach (int seed in Seeds.Of(40))
        {
            List<Operation> steps = new OperationGenerator(~seed, specialModes: true).Sequence(60);
            Seeds.Check(seed, steps, some =>
            {
                using var arena = new Arena(Path.Combine(tmpfs.FullPath, $"{++run}"), seed, specialModes: true, lowerCount: 1);
                string copy = Path.Combine(tmpfs.FullPath, $"{run}", "copy");
                ProcessRunner.Check("/bin/cp", "-a", arena.Lowers[0], copy);
                return DifferentialRun.Compare(some, arena.Reference, new PosixTarget(copy, Arena.Compared, () => { }));
            });
        }
    }

    /// <summary>A sequence whose steps all fail compares nothing: every kind of step must succeed often.</summary>
    [Fact]
    public void StepsOfEveryKindSucceed()
    {
        Need.Root();
        using var scratch = new ScratchDirectory("coverage");
        _ = SystemMount.SetUmask(0);
        var succeeded = new Dictionary<OperationKind, int>();
        for (int seed = 1; seed <= 40; seed++)
        {
            string folder = scratch.Folder($"{seed}");
            var target = new PosixTarget(folder, Arena.Compared, () => { });
            var generator = new OperationGenerator(seed, specialModes: false);
            foreach (Operation step in (List<Operation>)[.. generator.LowerTree(30), .. generator.Sequence(80)])
            {
                string outcome = Executor.Apply(target, step);
                bool failed = Enum.TryParse<Errno>(outcome, out Errno error) ? error != Errno.None : outcome is "all failed" or "no file";
                succeeded[step.Kind] = succeeded.GetValueOrDefault(step.Kind) + (failed ? 0 : 1);
            }

            _ = Posix.RemoveTree(PathBytes.Of(folder));
        }

        Assert.All(Enum.GetValues<OperationKind>(), kind => Assert.True(
            succeeded.GetValueOrDefault(kind) >= (kind == OperationKind.RemoveMany ? 2 : 10),
            $"{kind} succeeded {succeeded.GetValueOrDefault(kind)} times in 40 sequences"));
    }
}
