using Ext2Union.Tests.Support;

namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>The random steps on a union mounted by the real tool, and on the kernel's overlayfs: kernel against kernel's view of ours.</summary>
public sealed class UnionMountTests
{
    [Fact]
    public void Ext2OverExt2LooksLikeOverlayfs() => Compare(6, ext2Lowers: true, tmpfsTop: false);

    [Fact]
    public void Ext2OverDirectoriesLooksLikeOverlayfs() => Compare(4, ext2Lowers: false, tmpfsTop: false);

    [Fact]
    public void TmpfsOverExt2LooksLikeOverlayfs() => Compare(4, ext2Lowers: true, tmpfsTop: true);

    private static void Compare(int seeds, bool ext2Lowers, bool tmpfsTop)
    {
        Need.KernelFileSystem("overlay");
        Need.Fuse();
        using var scratch = new ScratchDirectory("mounted");
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
                return Run(some, arena, Path.Combine(tmpfs.FullPath, $"{run}"), ext2Lowers, tmpfsTop);
            });

            Arena NewArena() => new(Path.Combine(tmpfs.FullPath, $"{++run}"), seed, specialModes: true, lowerCount: 1 + (seed % 3));
        }
    }

    private static string? Run(IReadOnlyList<Operation> steps, Arena arena, string folder, bool ext2Lowers, bool tmpfsTop)
    {
        var lowers = new List<string>();
        foreach (string lower in arena.Lowers)
        {
            if (ext2Lowers)
            {
                Ext2uTools.Mkfs(lower + ".image", "16m", "-b", "1024", "-N", "3000", "-d", lower);
            }

            lowers.Add(ext2Lowers ? lower + ".image" : lower);
        }

        string top = tmpfsTop ? "tmpfs" : Path.Combine(folder, "top.image"), mountPoint = Path.Combine(folder, "union");
        if (!tmpfsTop)
        {
            Ext2uTools.Mkfs(top, "32m", "-b", "1024", "-N", "5000");
        }

        MountedExt2u mount = Mount();
        try
        {
            var subject = new PosixTarget(mountPoint, Arena.Compared, () =>
            {
                if (!tmpfsTop)
                {
                    mount.Unmount();
                    mount = Mount();
                }
            });
            string? fault = DifferentialRun.Compare(steps, arena.Reference, subject);
            mount.Unmount();
            if (fault is null && !tmpfsTop)
            {
                Ext2uTools.AssertClean(top);
            }

            return fault;
        }
        finally
        {
            mount.Dispose();
        }

        MountedExt2u Mount() => Ext2uTools.Mount(top, mountPoint, $"union,lower={string.Join(':', lowers)}");
    }
}
