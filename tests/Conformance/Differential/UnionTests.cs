using Ext2Union.Tests.Support;
using Ext2Union.Union;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>The same random steps on our union, in process, and on the kernel's overlayfs over the same lower trees end in the same visible tree.</summary>
public sealed class UnionTests
{
    [Fact]
    public void TmpfsOverTmpfsLooksLikeOverlayfs() => Compare(450, (_, _) => new TmpfsRecipe());

    [Fact]
    public void TmpfsOverDirectoriesLooksLikeOverlayfs() => Compare(100, (_, _) => new HostRecipe());

    [Fact]
    public void Ext2OverExt2LooksLikeOverlayfs() => Compare(450, (seed, folder) => new Ext2Recipe(seed, folder));

    private static void Compare(int seeds, Func<int, string, IUnionRecipe> newRecipe)
    {
        Need.KernelFileSystem("overlay");
        using var scratch = new ScratchDirectory("union");
        using var tmpfs = new TmpfsMount(scratch["tmpfs"]);
        int run = 0;
        foreach (int seed in Seeds.Of(seeds))
        {
            List<Operation> steps;
            using (Arena first = NewArena())
            {
                steps = first.Steps;
            }

            Seeds.Check(seed, steps, some =>
            {
                using Arena arena = NewArena();
                using IUnionRecipe recipe = newRecipe(seed, scratch.FullPath);
                return Run(some, arena, recipe, seed % 4 == 3 ? FallthruMode.Memory : FallthruMode.Persist);
            });

            Arena NewArena() => new(Path.Combine(tmpfs.FullPath, $"{++run}"), seed, specialModes: false, lowerCount: 1 + (seed % 3));
        }
    }

    private static string? Run(IReadOnlyList<Operation> steps, Arena arena, IUnionRecipe recipe, FallthruMode fallthru)
    {
        FileSystem top = recipe.NewTop();
        FileSystem[] lowers = [.. arena.Lowers.Select((folder, index) => recipe.NewLower(arena.LowerSteps[index], folder))];
        using var subject = new VfsTarget(Stack(top, lowers, fallthru), Arena.Compared, former =>
        {
            Assert.Equal(Errno.None, former.Unmount());
            former.Dispose();
            top = recipe.Reopen(top, isTop: true);
            lowers = [.. lowers.Select(lower => recipe.Reopen(lower, isTop: false))];
            return Stack(top, lowers, fallthru);
        });
        string? fault = DifferentialRun.Compare(steps, arena.Reference, subject);
        return fault ?? (subject.Unmount() is var error and not Errno.None ? $"unmounting: {error}" : recipe.Judge(top));
    }

    private static UnionFileSystem Stack(FileSystem top, FileSystem[] lowers, FallthruMode fallthru) =>
        UnionFileSystem.Create(top, lowers, new UnionOptions { Fallthru = fallthru }).TryGet(out UnionFileSystem union, out Errno error)
            ? union
            : throw new InvalidOperationException($"the union cannot be made: {error}");
}
