using Ext2Union.Tests.Support;

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
}
