using Ext2Union.BlockDevices;
using Ext2Union.Conformance.Tests.Differential;
using Ext2Union.Ext2.Volume;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Plain;

/// <summary>Images of stock mke2fs in every geometry: we show the tree that the kernel shows, and the kernel shows what we then write.</summary>
public sealed class StockImageTests(RecipeTree tree) : IClassFixture<RecipeTree>
{
    public static TheoryData<int, int, string, int> Geometries
    {
        get
        {
            var data = new TheoryData<int, int, string, int>();
            foreach (int blockBytes in (int[])[1024, 2048, 4096])
            {
                data.Add(blockBytes, 128, "", 0);
                foreach (int inodeBytes in (int[])[128, 256, 512])
                {
                    data.Add(blockBytes, inodeBytes, "dir_index", 1);
                    data.Add(blockBytes, inodeBytes, "^dir_index", 1);
                }

                data.Add(blockBytes, 256, "^resize_inode,^sparse_super", 1);
                data.Add(blockBytes, 256, "^resize_inode,meta_bg", 1);
                data.Add(blockBytes, 256, "^large_file", 1);
            }

            data.Add(4096, 1024, "dir_index", 1);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Geometries))]
    public void WeAndTheKernelReadEachOther(int blockBytes, int inodeBytes, string features, int revision)
    {
        Need.LoopDevices();
        using var scratch = new ScratchDirectory("stock");
        string image = scratch["image"];
        new Mke2fs { BlockBytes = blockBytes, InodeBytes = inodeBytes, Features = features, Revision = revision, Tree = tree.FullPath, Bytes = 40 << 20 }.Make(image);
        AssertKernelSees(image, scratch, () =>
        {
            using Ext2Volume volume = Mount(image, readOnly: true);
            return TreeSnapshot.Of(volume, TreeOptions.SameImage);
        });

        AssertKernelSees(image, scratch, () => WriteTo(image, blockBytes + inodeBytes));
    }

    private static TreeSnapshot WriteTo(string image, int seed)
    {
        using var target = new VfsTarget(Mount(image, readOnly: false), TreeOptions.SameImage, former =>
        {
            Assert.Equal(Errno.None, former.Unmount());
            former.Dispose();
            E2fsck.AssertClean(image);
            return Mount(image, readOnly: false);
        });
        var generator = new OperationGenerator(seed, specialModes: true);
        foreach (Operation step in (List<Operation>)[.. generator.LowerTree(60), .. generator.Sequence(150)])
        {
            _ = Executor.Apply(target, step);
        }

        foreach (string removed in (string[])["many", "a", "indirect", "small", "slow-link", "pipe", "hole"])
        {
            _ = Executor.Apply(target, new Operation { Number = 1, Kind = OperationKind.RemoveTree, Path = removed });
        }

        TreeSnapshot snapshot = target.Snapshot();
        Assert.Equal(Errno.None, target.Unmount());
        return snapshot;
    }

    private static void AssertKernelSees(string image, ScratchDirectory scratch, Func<TreeSnapshot> ours)
    {
        TreeSnapshot shown = ours();
        E2fsck.AssertClean(image);
        using var kernel = new LoopMount(image, scratch["kernel"]);
        TreeSnapshot.AssertSame(TreeSnapshot.Of(kernel.FullPath, TreeOptions.SameImage), shown);
    }

    private static Ext2Volume Mount(string image, bool readOnly)
    {
        DeviceAccess access = readOnly ? DeviceAccess.ReadOnly : DeviceAccess.ReadWrite;
        Assert.True(FileBlockDevice.TryOpen(image, access, DeviceSharing.Exclusive, out FileBlockDevice? device, out OpenRefusal? refusal), refusal?.Message);
        return Ext2Volume.TryMount(device!, new Ext2MountOptions { IsReadOnly = readOnly }, out Ext2Volume? volume, out string? reason)
            ? volume
            : throw new InvalidOperationException(reason);
    }
}
