using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Mkfs;
using Ext2Union.Tests.Support;
using Ext2Union.Tmpfs;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>The same random steps on a layer of ours, in process, and on a directory of the kernel end in the same tree.</summary>
public sealed class LayerTests
{
    [Fact]
    public void TmpfsLooksLikeADirectoryOfTheKernel() =>
        Compare(60, _ => new VfsTarget(new TmpfsFileSystem(new TmpfsOptions { Mode = 0x1FF }), Arena.Compared, same => same));

    [Fact]
    public void Ext2LooksLikeADirectoryOfTheKernel() => Compare(100, seed =>
    {
        MemoryBlockDevice device = MemoryVolume.Format(24 << 20, new FormatOptions { BlockBytes = 1024 << (seed % 3), InodeBytes = 128 << (1 + (seed % 2)), InodeCount = 3000 });
        var target = new VfsTarget(MemoryVolume.Mount(device), Arena.Compared, former =>
        {
            Assert.Equal(Errno.None, former.Unmount());
            former.Dispose();
            return MemoryVolume.Check(device) is { } fault ? throw new InvalidOperationException(fault) : MemoryVolume.Mount(device);
        });
        _ = target.ChangeMode("", 0x1FF);
        return target;
    });

    private static void Compare(int seeds, Func<int, VfsTarget> open)
    {
        Need.KernelFileSystem("tmpfs");
        using var scratch = new ScratchDirectory("layer");
        using var tmpfs = new TmpfsMount(scratch["tmpfs"]);
        _ = SystemMount.SetUmask(0);
        int run = 0;
        foreach (int seed in Seeds.Of(seeds))
        {
            var generator = new OperationGenerator(seed, specialModes: false);
            List<Operation> steps = [.. generator.LowerTree(30), .. generator.Sequence(80)];
            Seeds.Check(seed, steps, some =>
            {
                string folder = Directory.CreateDirectory(Path.Combine(tmpfs.FullPath, $"{++run}")).FullName;
                var reference = new PosixTarget(folder, Arena.Compared, () => { });
                using VfsTarget subject = open(seed);
                var start = new Timestamp(900_000_000, 5);
                _ = reference.SetTimes("", start);
                _ = subject.SetTimes("", start);
                string? fault = DifferentialRun.Compare(some, reference, subject);
                _ = Posix.RemoveTree(PathBytes.Of(folder));
                return fault;
            });
        }
    }
}
